"""Connectors: one file a format, all with the same two functions.

`found` says what a source has to hand over, each with how to copy its bytes; `records` reads those bytes, once they are safe in
our house, as blocks of texts. A connector casts nothing (`typed`), keeps nothing (`receiving`) and drops nothing: what it
cannot read is a bad row.
"""

from ..terms import Format
from . import csv_files, database, dicom, fhir, hl7v2, pmsi
from .speaking import Connector

CONNECTORS: dict[Format, Connector] = {
    Format.FHIR: fhir,
    Format.CSV: csv_files,
    Format.PMSI: pmsi,
    Format.HL7: hl7v2,
    Format.SQL: database,
    Format.DICOM: dicom,
}
