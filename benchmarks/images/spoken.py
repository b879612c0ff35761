"""Which language is spoken: the prompts of a telephone exchange in five languages.

    apt-get install asterisk-core-sounds-{en,es,fr,it,ru}-wav
    python -m benchmarks.images.spoken [--seed 0]

2,830 clips, one speaker for each language. The same sentence has the same file name in all
languages, and names are divided between train and test, so that no sentence is on both sides; then
`ranvier.CNN` with its default settings. One speaker a language makes it easy: voices differ too.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
import zlib
from pathlib import Path

from benchmarks.environments import FOLDER

SOUNDS = Path("/usr/share/asterisk/sounds")
VOICES = {
    "en": "en_US_f_Allison", "es": "es_MX_f_Allison", "fr": "fr_CA_f_June", "it": "it_IT_m_Carlo",
    "ru": "ru_RU_f_IvrvoiceRU",
}  # fmt: skip
TESTED = 5  # one name in so many


def folder() -> Path:
    """The folder train|test/<language>/..., of links to the clips.

    Raises:
        LookupError: the sounds are not installed.
    """
    missing = [voice for voice in VOICES.values() if not (SOUNDS / voice).is_dir()]
    if missing:
        raise LookupError(
            f"{SOUNDS / missing[0]} is not there: apt-get install asterisk-core-sounds-en-wav and "
            "the same for es, fr, it, ru"
        )
    top = FOLDER / "data" / "spoken"
    for language, voice in VOICES.items():
        for clip in sorted((SOUNDS / voice).rglob("*.wav")):
            name = clip.relative_to(SOUNDS / voice)
            part = "test" if zlib.crc32(str(name).encode()) % TESTED == 0 else "train"
            link = top / part / language / name
            link.parent.mkdir(parents=True, exist_ok=True)
            if not link.exists():
                link.symlink_to(clip)
    return top


def main() -> int:
    import ranvier as rv

    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    try:
        top = folder()
    except LookupError as reason:
        print(f"Nothing is measured: {reason}")
        return 3
    began = time.perf_counter()
    clips = rv.read(top, on_error="skip")  # one clip holds no sound
    model = rv.CNN(seed=options.seed).fit(clips)
    seconds = time.perf_counter() - began
    found = model.evaluate(clips.test)
    print(json.dumps({"clips": len(clips), "test": len(clips.test), "seconds": round(seconds),
                      **found}))  # fmt: skip
    return 0


if __name__ == "__main__":
    sys.exit(main())
