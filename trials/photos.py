"""An estate with many photos, sent from phones on a bad line: each arrives once, whole, and with small copies."""

import hashlib
import random
import re
import time
from dataclasses import dataclass
from pathlib import Path

from engine import store
from engine.use_cases.library import shipped
from engine.use_cases.photos import PART
from tests import photographs
from tests.district import Browser, District

_FIELD, _TASK = "plan_scan", "/tasks/1"
_SIZES = ((4000, 3000), (5472, 3648), (3000, 4000))


@dataclass(frozen=True)
class Kept:
    """What sending ``photos`` came to: answers ``cut`` off on the way, the longest to a last part in seconds."""

    photos: int
    cut: int
    wrong: int
    seconds: float
    longest: float
    largest_small: int
    megabytes: int


def keep(folder: Path, photos: int) -> Kept:
    """Send ``photos`` different photos of 12 to 20 megapixels for one estate, losing one answer in eight."""
    opened = store.open(f"sqlite:///{folder / 'daoru.db'}", files=folder / "files")
    district = District(opened, shipped(), folder)
    district.enter()
    sender, chance = district.browser("区住建"), random.Random(photos)
    base = [photographs.noisy(*size) for size in _SIZES]
    cut = wrong = size = 0
    times, started = [], time.monotonic()
    for number in range(photos):
        # a comment at the end makes each one different without drawing it anew
        content = base[number % len(base)] + f"photo {number}".encode()
        size += len(content)
        lost, last = _send(sender, f"00000000-0000-4000-8000-{number:012}", content, chance)
        cut += lost
        times.append(last)
    seconds = time.monotonic() - started
    small = largest = 0
    for address in re.findall(r'src="(/photos/\d+/small)"', sender.get(_TASK).text):
        small, largest = small + 1, max(largest, len(sender.get(address).data))
    for number in range(photos):
        digest = hashlib.sha256(base[number % len(base)] + f"photo {number}".encode()).hexdigest()
        wrong += hashlib.sha256(opened.files.read(digest)).hexdigest() != digest
    opened.close()
    return Kept(photos, cut, wrong + abs(photos - small), seconds, max(times), largest, size // 1024 // 1024)


def _send(sender: Browser, key: str, content: bytes, chance: random.Random) -> tuple[int, float]:
    """Send one photo; returns how often an answer was lost, and how long the last part took."""
    token = re.search(r'name="csrf_token" value="([^"]+)"', sender.get("/").text)
    headers = {"X-CSRFToken": token[1] if token else ""}
    said = {"key": key, "field": _FIELD, "name": "现场.jpg", "size": str(len(content))}
    lost, last = 0, 0.0
    while True:
        received = sender.client.post(f"{_TASK}/photos", data=said, headers=headers).json["received"]  # type: ignore[index]
        while received < len(content):
            at, started = received, time.monotonic()
            answer = sender.client.post(f"{_TASK}/photos/{key}?at={at}", data=content[at : at + PART], headers=headers)
            last = time.monotonic() - started
            if chance.random() < 1 / 8:
                # the part came, the answer did not: the browser asks again where to go on
                lost += 1
                break
            received = answer.json["received"]  # type: ignore[index]
        else:
            return lost, last
