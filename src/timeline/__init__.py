"""Attacks from Iraq on Israel, 2023-2024, as data: what happened, who claims it, who confirms it and who doubts it.

>>> import timeline
>>> events = timeline.load("events").set_index("event_id")
>>> events.loc["E0021", "title"], events.loc["E0021", "claim_status"]
('First claimed attack on Israel: a vital target on the Dead Sea shore', 'claimed')

Nothing heavy is imported until a function is first used.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from timeline.loader import Dataset, between, diff, fetch, load, scan, versions

    _bundled = Dataset()
    cite = _bundled.cite
    codebook = _bundled.codebook
    evidence = _bundled.evidence
    path = _bundled.path
    plot = _bundled.plot
    reconcile = _bundled.reconcile
    tables = _bundled.tables

__all__ = [
    "Dataset",
    "between",
    "cite",
    "codebook",
    "diff",
    "evidence",
    "fetch",
    "load",
    "path",
    "plot",
    "reconcile",
    "scan",
    "tables",
    "versions",
]


def __getattr__(name: str) -> object:
    if name == "__version__":
        from importlib.metadata import version

        return version("iraq-israel-timeline")
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from timeline import loader

    return getattr(loader, name) if name in loader.__all__ else getattr(loader.bundled(), name)


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
