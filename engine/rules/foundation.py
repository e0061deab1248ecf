"""Whether planning may begin: a lawful owners' body (G4) and enough support (G5) together."""

from engine.rules.outcome import Outcome


def stands(owners_body: str, consent: str) -> Outcome:
    """What the latest outcomes of the gates ``owners_body`` and ``consent`` lead to.

    ``NO_BODY`` when no lawful body can be had, ``EXHAUSTED`` when support stayed short for every round (back to
    the diagnosis), else ``READY`` (manual §3.1, G4 and G5).
    """
    figures = {"owners_body": owners_body, "consent": consent}
    if owners_body != "READY":
        return Outcome("NO_BODY", figures, ("G4",))
    if consent != "REACHED":
        return Outcome("EXHAUSTED", figures, ("G5",))
    return Outcome("READY", figures, ("G4", "G5"))
