"""Every rule of drift for people: its name, its effect, and whom that breaks."""

from __future__ import annotations

from scripts.contract.comparing.changes import RULES, Direction, Effect, breaks
from scripts.contract.reporting.reasons import reason_of


def rules_table() -> str:
    """Every rule with what it does to callers and whom that breaks, as a table of Markdown."""
    lines = ["| Rule | Breaks callers | Effect | Why |", "| --- | --- | --- | --- |"]
    for name, rule in sorted(RULES.items()):
        lines += [
            f"| `{name}` | {whom_it_breaks(effect)} | {effect.value} | {reason_of(name, effect, Direction.BOTH)} |"
            for effect in rule.effects
        ]
    return "\n".join(lines)


def whom_it_breaks(effect: Effect) -> str:
    """Whom a change with this effect breaks: always, never, or only where a value is sent or received."""
    if_sent = breaks(Direction.SENT, effect)
    if_received = breaks(Direction.RECEIVED, effect)
    if if_sent and if_received:
        return "always"
    if if_sent:
        return "if sent"
    return "if received" if if_received else "never"
