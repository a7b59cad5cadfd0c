#!/usr/bin/env python3
"""Makes testdata/formats/tables: the images of testdata/formats once more, as CSV that pandas and
NumPy wrote.

    python3 testdata/generate_tables.py

Needs pandas. What a reader must find in each is what it finds in the idx files, but for the first
image of data-as-header and its like.

    index            a column with the number of the row, without a name
    unnamed          that file read and written again: two such columns, one called "Unnamed: 0"
    index-no-header  the number of the row, and no header; transposed
    numbers          no header in what was read, numbers in what was written; transposed
    data-as-header   the first image was taken for a header, and its values made unique; transposed
    fractions-as-header  the same of the pixels divided by 255, in pandas' own digits
    short-as-header  of these with six digits at most, in which "0.2" is a value and a count
    savetxt-as-header  of these as numpy.savetxt() writes them
    label-last       label behind the pixels, whose columns are 0 to 783
    last-no-header   the same without a header; transposed
    other-name       the label's column is called "y"
    fractions        the pixels divided by 255, in pandas' own digits
    fractions-last   the same in single precision, labels behind them, no header; transposed
    savetxt          what numpy.savetxt() makes of 0 to 255: 1.270000000000000000e+02; transposed
    savetxt-fractions  the same of 0 to 1, labels are numbers of that form as well; transposed
"""
import gzip
import io
import pathlib

import numpy as np
import pandas as pd

FORMATS = pathlib.Path(__file__).parent / "formats"
FOLDER = FORMATS / "tables"


def write(name, text):
    with open(FOLDER / f"{name}.csv.gz", "wb") as raw, \
            gzip.GzipFile("", "wb", fileobj=raw, mtime=0) as file:
        file.write(text.encode())


def save(name, frame, **how):
    write(name, frame.to_csv(**how))


def savetxt(name, values):
    text = io.StringIO()
    np.savetxt(text, values, delimiter=",")
    write(name, text.getvalue())


def read_as_header(text):
    return pd.read_csv(io.StringIO(text))


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
    save("fractions", upright.astype({"label": int}).assign(**upright.iloc[:, 1:] / 255), index=False)
    label, pixels = plain.iloc[:, :1], plain.iloc[:, 1:]
    save("fractions-last", pd.concat([pixels.astype(np.float32) / np.float32(255), label], axis=1),
         index=False, header=False)
    savetxt("savetxt", plain)
    shares = pd.concat([label, pixels / 255], axis=1)
    savetxt("savetxt-fractions", shares)
    headless = shares.to_csv(index=False, header=False)
    save("fractions-as-header", read_as_header(headless), index=False)
    short = io.StringIO()
    np.savetxt(short, shares, delimiter=",", fmt="%g")
    save("short-as-header", read_as_header(short.getvalue()), index=False)
    full = io.StringIO()
    np.savetxt(full, shares, delimiter=",")
    save("savetxt-as-header", read_as_header(full.getvalue()))


if __name__ == "__main__":
    main()
