"""Sparks: the marks of what runs on Spark, which is there where `make spark` put it."""

from importlib.util import find_spec
from shutil import which

import pytest

MISSING = "pyspark is not installed: make spark" if find_spec("pyspark") is None else "" if which("java") else "there is no Java"
ON_SPARK = (pytest.mark.spark, pytest.mark.skipif(bool(MISSING), reason=MISSING or "Spark is here"))
