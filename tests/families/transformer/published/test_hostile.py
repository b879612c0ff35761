"""Every folder that is not what it should be is refused in one sentence."""

from __future__ import annotations

import resource

import pytest

from ranvier.errors import ArtifactError
from ranvier.families.transformer.published import read_published
from tests.families.transformer.published.hostile import HOSTILE


@pytest.mark.parametrize("name", HOSTILE)
def test_refused(name, tmp_path):
    deed, says = HOSTILE[name]
    place = deed(tmp_path)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(ArtifactError, match=says) as caught:
        read_published(place)
    assert "\n" not in str(caught.value)
    # Nothing is made room for that is only claimed, in KiB.
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 300_000
