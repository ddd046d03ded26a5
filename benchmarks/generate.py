"""A made-up dataset of any size, in the form in which rows are transcribed: the same on every run.

    python benchmarks/generate.py 1000000 FOLDER

Every event holds by the codebook and by every rule, and none is of the dataset's own scope. One attestation speaks of all
events (`EBEN*`), one of the origin of those that have one (`EBENA*`).
"""

from __future__ import annotations

import datetime
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from timeline.columns import Table, codebook
from timeline.raw import to_csv

ABOUT = 'name = "benchmark"\ntitle = "Made-up events"\nversion = "1"\n'
SEED, CHUNK = 20231017, 250_000
FIRST, DAYS = datetime.date(1989, 1, 1), 13_149  # to the end of 2024
LONGEST_SPAN = 30
WITH_ORIGIN = 0.3
REGIONS, CITIES = 6, 60
SOURCE, SPEAKER, PUBLISHED = "benchmark-register", "benchmark-tracker", "2025-06-30"
COUNTRIES = """\
AFG Afghanistan 33 66|ARM Armenia 40 45|AZE Azerbaijan 40.5 47.5|BDI Burundi -3.5 30|BFA Burkina Faso 13 -2|\
BGD Bangladesh 24 90|CAF Central African Republic 7 21|CMR Cameroon 6 12|COD Congo 0 25|COL Colombia 4 -72|\
DZA Algeria 28 3|EGY Egypt 27 30|ERI Eritrea 15 39|ETH Ethiopia 8 38|GEO Georgia 42 43.5|HTI Haiti 19 -72.4|\
IDN Indonesia -5 120|IND India 20 77|IRN Iran 32 53|IRQ Iraq 33 44|JOR Jordan 31 36|KEN Kenya 1 38|\
LBN Lebanon 33.8 35.8|LBY Libya 25 17|LKA Sri Lanka 7 81|MEX Mexico 23 -102|MLI Mali 17 -4|MMR Myanmar 22 98|\
MOZ Mozambique -18.3 35|NER Niger 16 8|NGA Nigeria 10 8|NPL Nepal 28 84|PAK Pakistan 30 70|PER Peru -10 -76|\
PHL Philippines 13 122|RUS Russia 60 100|SAU Saudi Arabia 25 45|SDN Sudan 15 30|SOM Somalia 10 49|\
SSD South Sudan 7 30|SYR Syria 35 38|TCD Chad 15 19|THA Thailand 15 100|TUN Tunisia 34 9|TUR Turkey 39 35|\
UGA Uganda 1 32|UKR Ukraine 49 32|YEM Yemen 15 48"""
OPENINGS = ("Al-Na", "Bar", "Dar", "Kha", "Mo", "Sé", "São", "Tel")
ENDINGS = ("dira", "fah", "gul", "jeb", "kút", "mara", "ríz", "wan")
GROUPS = ("Front", "Brigades", "Movement", "Army of the People", "Battalion", "Resistance", "Union", "Guards")
MEDIA, ORGANISATIONS = 48, 10

# what is written before, between and behind the two ends of a date, and the unit that they have; with the share of each
DATE_FORMS = (
    ("", "day", "", "", 0.70),
    ("", "day", "~", "", 0.10),
    ("", "day", "?", "", 0.01),
    ("", "month", "", "", 0.05),
    ("", "month", "~", "", 0.01),
    ("", "year", "", "", 0.015),
    ("[", "day", ",", "]", 0.06),
    ("[", "day", "..", "]", 0.03),
    ("", "day", "/", "", 0.02),
    ("", "month", "/", "", 0.002),
    ("", "day", "", "/..", 0.002),
    ("[..", "day", "", "]", 0.001),
)
EVENT_TYPES = {
    "attack": 0.85, "statement": 0.08, "series": 0.02, "other": 0.02, "order": 0.008,
    "halt": 0.006, "visit": 0.006, "deployment": 0.005, "law": 0.004, "war": 0.001,
}  # fmt: skip
TIMES = {"": 0.65, "night": 0.12, "morning": 0.08, "evening": 0.06, "afternoon": 0.05, "dawn": 0.04}
WEAPONS = {
    "": 0.2, "drone": 0.28, "rocket": 0.15, "airstrike": 0.12, "ground": 0.11, "missile": 0.06, "other": 0.03,
    "drone;missile": 0.02, "ballistic_missile": 0.02, "cruise_missile;drone": 0.01,
}  # fmt: skip
OUTCOMES = {"": 0.66, "impact": 0.17, "intercepted": 0.12, "fell_short": 0.03, "no_trace": 0.02}
HAPPENINGS = (
    "Drone attack on", "Rocket fire at", "Claimed attack on a vital target in", "Clash with an army patrol near",
    "Air strike on a store in", "Shelling of the outskirts of", 'Attack on the "northern base" at', "Explosion reported in",
    "Attaque de drones présumée à", "Ataque a una base cerca de", "هجوم بطائرة مسيّرة على", "Roadside bomb hits a convoy near",
)  # fmt: skip
TAILS = (
    "", " at night", " in the early hours", ", second claim of the day", "; no harm reported", ", four people killed",
    " during a ceasefire", ', called "a response"', " near the main road",
)  # fmt: skip
DESCRIBED = tuple(
    f"{which} {what}".strip()
    for which in ("", "a", "the northern", "the main", "two", "an abandoned", "a vital", "a military", "the old", "one")
    for what in (
        "airfield",
        "military base",
        "port",
        "oil terminal",
        "town hall",
        "target in the south",
        "fuel depot",
        "checkpoint",
    )
)
NOTES = (
    "One of several on the day; the others are told apart by their place and stand in rows of their own.",
    "Two people injured, one of them gravely; the local council, asked, gave no number.",
    'The statement says "a vital target" and no more; the place is that of the sirens, as the army had it.',
    "The date is that of the claim, which does not say when the attack was carried out.",
    "Named in Arabic only: المقاومة. The type of the weapon is not given, and nobody else speaks of it.",
)


def generate(n: int, folder: Path) -> None:
    """Write a dataset of `n` events, which `timeline build` builds."""
    for table in codebook().raw_tables():
        if "*" not in (table.source or ""):
            _write(folder, table, ())
    countries = [_country(entry) for entry in COUNTRIES.split("|")]
    places, actors = _places(countries), _actors(countries)
    _write(folder, codebook().tables["places"], places)
    _write(folder, codebook().tables["actors"], actors)
    _write(folder, codebook().tables["sources"], [_source()])
    _write(folder, codebook().tables["attestations"], _attestations())
    (folder / "seeds/dataset.toml").write_text(
        'name = "benchmark"\ntitle = "Made-up events"\nversion = "1"\n', encoding="utf-8"
    )
    with (folder / "data/raw/events.csv").open("ab") as stream:
        for lines in _events(n, countries, places, actors):
            stream.write(lines)


def _write(folder: Path, table: Table, rows: Iterable[dict[str, str]]) -> None:
    """Write a small table in canonical form: sorted by its key; with no rows, its header."""
    path = folder / (table.source or "")
    path.parent.mkdir(parents=True, exist_ok=True)
    cells = sorted([row.get(name, "") for name in table.raw] for row in rows)
    path.write_text(to_csv([list(table.raw), *cells]), encoding="utf-8")


def _country(entry: str) -> dict[str, str]:
    iso3, *name, latitude, longitude = entry.split(" ")
    return {"iso3": iso3, "name": " ".join(name), "id": "-".join(name).lower(), "latitude": latitude, "longitude": longitude}


def _places(countries: list[dict[str, str]]) -> list[dict[str, str]]:
    """Each country with its regions, and the cities in them."""
    rows = []
    for number, country in enumerate(countries):
        point = {"latitude": country["latitude"], "longitude": country["longitude"]}
        shared = {"country_iso3": country["iso3"]}
        rows.append(
            {"place_id": country["id"], "name": country["name"], "place_type": "country", "where_prec": "6", **shared, **point}
        )
        regions = [f"{country['iso3'].lower()}-region-{n}" for n in range(1, REGIONS + 1)]
        for n, region in enumerate(regions, start=1):
            name = f"Region {n} of {country['name']}"
            rows.append(
                {
                    "place_id": region,
                    "name": name,
                    "place_type": "region",
                    "where_prec": "4",
                    "within": country["id"],
                    **shared,
                }
            )
        for n in range(CITIES):
            name = OPENINGS[n % 8] + ENDINGS[n // 8] + ("" if number < 24 else " East")
            rows.append(
                {
                    "place_id": f"{country['iso3'].lower()}-city-{n:02}",
                    "name": name,
                    "place_type": "city",
                    "where_prec": "1",
                    "within": regions[n % REGIONS],
                    "latitude": _shown(float(country["latitude"]) + (n - 30) / 40),
                    "longitude": _shown(float(country["longitude"]) + (n % 7 - 3) / 8),
                    **shared,
                }
            )
    return rows


def _shown(degrees: float) -> str:
    return f"{degrees:.3f}".rstrip("0").rstrip(".") if round(degrees, 3) else "0"


def _actors(countries: list[dict[str, str]]) -> list[dict[str, str]]:
    """States with their armies, armed groups, media, and the one that speaks of all events."""
    rows = [{"actor_id": SPEAKER, "name": "Benchmark Tracker", "actor_type": "organisation"}]
    for country in countries:
        of = {"country_iso3": country["iso3"]}
        army = f"{country['id']}-army"
        rows.append({"actor_id": country["id"], "name": country["name"], "actor_type": "state", **of})
        rows.append(
            {
                "actor_id": army,
                "name": f"Army of {country['name']}",
                "actor_type": "state_body",
                "affiliations": country["id"],
                **of,
            }
        )
        for n, kind in enumerate(GROUPS):
            name = f"{OPENINGS[n]}{ENDINGS[len(rows) % 8]} {kind} of {country['name']}"
            rows.append({"actor_id": f"{country['id']}-group-{n}", "name": name, "actor_type": "armed_group", **of})
    rows += [{"actor_id": f"medium-{n:02}", "name": f"Daily {n}", "actor_type": "medium"} for n in range(MEDIA)]
    rows += [
        {"actor_id": f"institute-{n}", "name": f"Institute {n}", "actor_type": "organisation"} for n in range(ORGANISATIONS)
    ]
    return rows


def _source() -> dict[str, str]:
    return {
        "source_id": SOURCE,
        "publisher": "Benchmark",
        "title": "Register of made-up events",
        "published": PUBLISHED,
        "url": "https://example.org/register",
        "language": "en",
        "source_type": "dataset",
        "fingerprint": "0" * 64,
    }


def _attestations() -> list[dict[str, str]]:
    said = {"source_id": SOURCE, "paragraph": "0", "speaker_id": SPEAKER, "stance": "reports"}
    return [
        {"attestation_id": "T00001", "record_id": "EBEN*", "aspect": "occurrence", **said},
        {"attestation_id": "T00002", "record_id": "EBENA*", "aspect": "origin_place_id", **said},
    ]


def _events(
    n: int, countries: list[dict[str, str]], places: list[dict[str, str]], actors: list[dict[str, str]]
) -> Iterator[bytes]:
    """The lines of `n` events, some at a time, in the order of their ids."""
    cities = [place for place in places if place["place_type"] == "city"]
    country_of = {country["iso3"]: number for number, country in enumerate(countries)}
    of_city = np.array([country_of[city["country_iso3"]] for city in cities])
    named = pa.array([city["place_id"] for city in cities] + [""])
    names = pa.array([city["name"] for city in cities])
    states = pa.array([country["id"] for country in countries])
    groups = pa.array([actor["actor_id"] for actor in actors if actor["actor_type"] == "armed_group"])
    for start in range(0, n, CHUNK):
        size = min(CHUNK, n - start)
        draw = np.random.default_rng([SEED, start])
        number = np.arange(start, start + size)
        has_origin = number < n * WITH_ORIGIN
        event_type = np.where(has_origin, 0, _choose(draw, size, EVENT_TYPES.values()))
        is_attack, has_force = event_type == 0, np.isin(event_type, _positions(EVENT_TYPES, "attack", "series", "war"))
        city = (len(cities) * draw.random(size) ** 2).astype(int)  # some see much more than others
        group = (len(groups) * draw.random(size) ** 3).astype(int)
        state = states.take(of_city[city])
        low = np.where(draw.random(size) < 0.94, 1, draw.integers(2, 9, size))
        columns = {
            "event_id": _joined(_looked_up(["EBENB", "EBENA"], has_origin), _digits(number + 1)),
            "date": _quoted(_dates(draw, size, event_type == _positions(EVENT_TYPES, "series")[0])),
            "time_of_day": _looked_up(TIMES, _choose(draw, size, TIMES.values())),
            "event_type": _looked_up(EVENT_TYPES, event_type),
            "title": _quoted(
                _joined(
                    _looked_up(HAPPENINGS, draw.integers(0, len(HAPPENINGS), size)), _fill(" ", size), names.take(city),
                    _looked_up(TAILS, draw.integers(0, len(TAILS), size)), _fill(" (report ", size),
                    pc.cast(number, pa.string()), _fill(")", size),
                )
            ),
            "initiators": _initiators(draw, groups, group),
            "interceptors": _where(has_force & (draw.random(size) < 0.08), _joined(state, _fill("-army", size))),
            "targets": _targets(draw, state, groups.take((group + len(groups) // 2) % len(groups))),
            "target_place_id": named.take(np.where(draw.random(size) < 0.8, city, -1 + len(named))),
            "target_described": _where(draw.random(size) < 0.4, _looked_up(DESCRIBED, draw.integers(0, len(DESCRIBED), size))),
            "place_id": named.take(np.where(draw.random(size) < 0.35, city, -1 + len(named))),
            "origin_place_id": _where(has_origin, states.take((of_city[city] + 1) % len(states))),
            "weapons": _where(has_force, _looked_up(WEAPONS, _choose(draw, size, WEAPONS.values()))),
            "outcome": _where(has_force, _looked_up(OUTCOMES, _choose(draw, size, OUTCOMES.values()))),
            "attacks_low": _where(is_attack, pc.cast(low, pa.string())),
            "attacks_high": _where(is_attack, pc.cast(low + (draw.random(size) < 0.03), pa.string())),
            "note": _quoted(
                _where(
                    draw.random(size) < 0.33,
                    _joined(
                        _looked_up(NOTES, draw.integers(0, len(NOTES), size)), _fill(" Line ", size),
                        pc.cast(number + 2, pa.string()), _fill(".", size),
                    ),
                )
            ),
        }  # fmt: skip
        yield _lines([columns[name] for name in codebook().tables["events"].raw])


def _dates(draw: np.random.Generator, size: int, in_span: np.ndarray) -> pa.Array:
    """Dates of every form, more of late than long ago; a series has no set."""
    days = np.arange(DAYS) + np.datetime64(FIRST)
    months, years = days.astype("M8[M]"), days.astype("M8[Y]")
    units = {
        "day": (np.arange(DAYS), days),
        "month": ((months - months[0]).astype(int), np.unique(months)),
        "year": ((years - years[0]).astype(int), np.unique(years)),
    }
    first = ((DAYS - LONGEST_SPAN - 1) * draw.random(size) ** 0.7).astype(int)
    before, unit_of, between, behind, shares = (list(part) for part in zip(*DATE_FORMS, strict=True))
    form = np.where(in_span, 0, _choose(draw, size, shares))
    # a night across midnight, or any two days
    last = first + np.where(np.isin(form, _positions(between, ",")), 1, draw.integers(1, LONGEST_SPAN, size))
    begins, ends, written = np.zeros(size, int), np.zeros(size, int), [""]
    for unit, (position, values) in units.items():
        here = np.isin(form, _positions(unit_of, unit))
        both = here & np.isin(form, _positions(between, ",", "..", "/"))
        begins[here] = len(written) + position[first[here]]
        ends[both] = len(written) + position[last[both]]
        written += values.astype(str).tolist()
    return _joined(
        _looked_up(before, form), _looked_up(written, begins), _looked_up(between, form), _looked_up(written, ends),
        _looked_up(behind, form),
    )  # fmt: skip


def _initiators(draw: np.random.Generator, groups: pa.Array, group: np.ndarray) -> pa.Array:
    """Nobody, one group, or two."""
    chance = draw.random(len(group))
    second = _joined(_fill(";", len(group)), groups.take((group + 1) % len(groups)))
    return _where(chance > 0.12, _joined(groups.take(group), _where(chance > 0.92, second)))


def _targets(draw: np.random.Generator, state: pa.Array, group: pa.Array) -> pa.Array:
    """A state, it and its army, it and a group, or nobody."""
    chance = draw.random(len(state))
    army = _joined(_fill(";", len(state)), state, _fill("-army", len(state)))
    other = _joined(_fill(";", len(state)), group)
    return _where(chance > 0.05, _joined(state, _where((chance > 0.55) & (chance < 0.8), army), _where(chance > 0.88, other)))


def _lines(columns: Sequence[pa.Array]) -> bytes:
    """Cells of several columns as CSV lines; those that need quotes have them."""
    size = len(columns[0])
    lines = pc.binary_join_element_wise(*columns[:-1], _joined(columns[-1], _fill("\n", size)), ",")
    offsets, data = lines.buffers()[1:]
    return data.slice(0, int(np.frombuffer(offsets, np.int32)[size])).to_pybytes()  # type: ignore[no-any-return]


def _quoted(cells: pa.Array) -> pa.Array:
    needs = pc.match_substring_regex(cells, '[,"]')
    quotes = _fill('"', len(cells))
    return pc.if_else(needs, _joined(quotes, pc.replace_substring(cells, '"', '""'), quotes), cells)


def _choose(draw: np.random.Generator, size: int, shares: Iterable[float]) -> np.ndarray:
    """Positions, each as often as its share says."""
    limits = np.cumsum(list(shares))
    positions: np.ndarray = np.searchsorted(limits, draw.random(size) * limits[-1], side="right")
    return positions


def _positions(values: Iterable[str], *wanted: str) -> list[int]:
    return [n for n, value in enumerate(values) if value in wanted]


def _looked_up(values: Iterable[str], positions: np.ndarray) -> pa.Array:
    return pa.array(list(values)).take(positions.astype(int))


def _digits(numbers: np.ndarray) -> pa.Array:
    return pc.utf8_lpad(pc.cast(numbers, pa.string()), 8, "0")


def _fill(text: str, size: int) -> pa.Array:
    return pa.repeat(text, size)


def _where(holds: np.ndarray, cells: pa.Array) -> pa.Array:
    return pc.if_else(holds, cells, "")


def _joined(*parts: pa.Array) -> pa.Array:
    return pc.binary_join_element_wise(*parts, "")


if __name__ == "__main__":
    generate(int(sys.argv[1]), Path(sys.argv[2]))
