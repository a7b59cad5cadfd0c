#!/usr/bin/env python3
"""Makes testdata/formats/tables: the images of testdata/formats once more, as CSV that pandas wrote.

    python3 testdata/generate_tables.py

Needs pandas. What a reader must find in each is what it finds in the idx files, but for the first
image of data-as-header.

    index            a column with the number of the row, without a name
    unnamed          that file read and written again: two such columns, one called "Unnamed: 0"
    index-no-header  the number of the row, and no header; transposed
    numbers          no header in what was read, numbers in what was written; transposed
    data-as-header   the first image was taken for a header, and its values made unique; transposed
    label-last       label behind the pixels, whose columns are 0 to 783
    last-no-header   the same without a header; transposed
    other-name       the label's column is called "y"
"""
import gzip
import io
import pathlib

import pandas as pd

FORMATS = pathlib.Path(__file__).parent / "formats"
FOLDER = FORMATS / "tables"


def save(name, frame, **how):
    with open(FOLDER / f"{name}.csv.gz", "wb") as raw, \
            gzip.GzipFile("", "wb", fileobj=raw, mtime=0) as file:
        file.write(frame.to_csv(**how).encode())


def main():
    FOLDER.mkdir(exist_ok=True)
    upright = pd.read_csv(FORMATS / "header.csv.gz")
    plain = pd.read_csv(FORMATS / "strokes-byclass.csv", header=None)
    save("index", upright)
    save("unnamed", pd.read_csv(io.StringIO(upright.to_csv())))
    save("index-no-header", plain, header=False)
    save("numbers", plain, index=False)
    save("data-as-header", pd.read_csv(FORMATS / "strokes-byclass.csv"), index=False)
    save("label-last", upright[[*upright.columns[1:], "label"]].set_axis([*range(784), "label"], axis=1),
         index=False)
    save("last-no-header", plain[[*range(1, 785), 0]], index=False, header=False)
    save("other-name", upright.rename(columns={"label": "y"}), index=False)


if __name__ == "__main__":
    main()
