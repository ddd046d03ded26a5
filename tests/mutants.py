"""How many mutants the tests killed (`make mutants`, after mutmut), and why the others may live.

Survivors are listed by function in `survivors.toml`, since their numbers change with the code.
"""

import re
import subprocess
import sys
import tomllib
from collections import Counter
from pathlib import Path

LEAST = 0.9
DONE = ("killed", "timeout", "survived", "no tests", "suspicious")


def main():
    command = [str(Path(sys.executable).parent / "mutmut"), "results", "--all", "true"]
    printed = subprocess.run(command, capture_output=True, check=True, text=True).stdout
    results = re.findall(r"^\s*timeline\.(\S+?)__mutmut_\d+: (.+)$", printed, flags=re.MULTILINE)
    modules, alive = Counter(), Counter()
    for found, status in results:
        # as mutmut writes them: x_ before a function's name, ǁ around a class's
        function = re.sub(r"\.xǁ(\w+)ǁ", r".\1.", found).replace(".x_", ".")
        module = re.match(r"rules|\w+", function)[0]
        modules[module, status in ("killed", "timeout")] += status in DONE
        alive[function] += status in DONE and status not in ("killed", "timeout")
    reasons = tomllib.loads((Path(__file__).parent / "survivors.toml").read_text(encoding="utf-8"))
    for module in sorted({name for name, _ in modules}):
        killed, lived = modules[module, True], modules[module, False]
        print(f"{module:10} {killed:5} of {killed + lived:5} killed: {killed / (killed + lived):.1%}")
    killed, total = sum(n for (_, dead), n in modules.items() if dead), sum(modules.values())
    print(f"{'all':10} {killed:5} of {total:5} killed: {killed / total:.1%}")
    unexplained = {name: n for name, n in alive.items() if n > reasons.get(name, {}).get("survivors", 0)}
    for name, number in sorted(unexplained.items()):
        print(f"{name}: {number} survive, {reasons.get(name, {}).get('survivors', 0)} have a reason in survivors.toml")
    return int(killed < LEAST * total or bool(unexplained))


if __name__ == "__main__":
    sys.exit(main())
