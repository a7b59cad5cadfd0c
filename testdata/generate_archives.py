#!/usr/bin/env python3
"""Makes testdata/archives: images in archives of every kind, and damaged ones named by their defect.

    python3 testdata/generate_archives.py

Needs zstd in the PATH, no more than Python otherwise. Writes the same files each time, but for
packed bytes, which follow the zlib, liblzma and zstd there are.

Python's zipfile and tarfile write the archives and are asked what is in them: contents.tsv lists
the files that classifying must give, each with the CRC-32 of its bytes, as Python reads them back;
malformed/expected.tsv has the status, the number of files that come before the failure, and the
message. Names are written as Python writes them in ASCII (repr).
"""
import gzip
import io
import lzma
import pathlib
import struct
import subprocess
import tarfile
import unicodedata
import zipfile
import zlib

HERE = pathlib.Path(__file__).parent
FOLDER = HERE / "archives"
MALFORMED = FOLDER / "malformed"
WHEN = (2026, 1, 2, 3, 4, 6)

SAMPLES = {name: (HERE / "samples" / name).read_bytes() for name in
           ("small-e-tiny.png", "digit-7-bilevel.png", "digit-8-small.gif", "capital-g-emnist.png")}
TINY, SEVEN, EIGHT, GEE = SAMPLES.values()
PLAIN = [("letters/e.png", TINY), ("digits/7.png", SEVEN), ("digits/8.gif", EIGHT)]


# ------------------------------------------------------------------------- zip

def info(name, method=zipfile.ZIP_DEFLATED):
    entry = zipfile.ZipInfo(name, WHEN)
    entry.compress_type = method
    entry.create_system = 3
    entry.external_attr = 0o100644 << 16
    return entry


def make_zip(files, method=zipfile.ZIP_DEFLATED, stream=False, zip64=False, comment=b""):
    """stream: as written to a pipe, with sizes behind the data."""
    out = Pipe() if stream else io.BytesIO()
    with zipfile.ZipFile(out, "w") as z:
        for name, data in files:
            with z.open(info(name, method), "w", force_zip64=zip64) as member:
                member.write(data)
        z.comment = comment
    return out.getvalue()


class Pipe(io.RawIOBase):
    """Bytes that can be written and not gone back in."""
    def __init__(self):
        super().__init__()
        self.bytes = b""

    def writable(self):
        return True

    def write(self, data):
        self.bytes += bytes(data)
        return len(data)

    def getvalue(self):
        return self.bytes


def latin_zip():
    """A name in Latin-1, not marked as UTF-8, as old programs write them."""
    data = make_zip([("gruXe.png", TINY)])
    return data.replace(b"gruXe.png", b"gru\xdfe.png")


def macos_zip():
    return make_zip([("letters/", b""), ("letters/e.png", TINY), ("__MACOSX/", b""),
                     ("__MACOSX/letters/", b""), ("__MACOSX/letters/._e.png", b"\0\5\x16\7"),
                     ("letters/.DS_Store", b"\0\0\0\1Bud1"), ("letters/.hidden/a.png", SEVEN),
                     ("letters/8.gif", EIGHT)])


# ------------------------------------------------------------------------- tar

def make_tar(files, fmt=tarfile.USTAR_FORMAT):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=fmt) as t:
        for name, data in files:
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            entry.mtime = 1767322800
            t.addfile(entry, io.BytesIO(data))
    return out.getvalue()


def others_tar():
    """Directories, links and a device among the files."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.GNU_FORMAT) as t:
        for name, kind, link in (("./", tarfile.DIRTYPE, ""), ("./a.png", None, ""),
                                 ("./soft.png", tarfile.SYMTYPE, "a.png"),
                                 ("./pipe", tarfile.FIFOTYPE, ""), ("./.b.png", None, ""),
                                 ("./device", tarfile.CHRTYPE, ""), ("./c.png", None, "")):
            entry = tarfile.TarInfo(name)
            if kind:
                entry.type, entry.linkname = kind, link
                t.addfile(entry)
            else:
                entry.size = len(SEVEN)
                t.addfile(entry, io.BytesIO(SEVEN))
    return out.getvalue()


def zstd(data):
    return subprocess.run(["zstd", "-q", "-c", "-19"], input=data, stdout=subprocess.PIPE,
                          check=True).stdout


def gz(data):
    return gzip.compress(data, mtime=0)


# ------------------------------------------------------------------- what is there

def is_shown(name):
    parts = name.split("/")
    return not any((p.startswith(".") and p not in (".", "..")) or p == "__MACOSX" for p in parts)


def composed(name):
    """What is marked as UTF-8 comes from libarchive in Unicode's form C."""
    return unicodedata.normalize("NFC", name).encode()


def list_zip(data):
    with zipfile.ZipFile(io.BytesIO(data)) as z:
        for entry in sorted(z.infolist(), key=lambda e: e.header_offset):
            if not entry.is_dir() and is_shown(entry.filename):
                marked = entry.flag_bits & 0x800
                name = composed(entry.filename) if marked else entry.filename.encode("cp437")
                yield name, z.read(entry)


def list_tar(data):
    with tarfile.open(fileobj=io.BytesIO(data), mode="r:") as t:
        for entry in t:
            if entry.isreg() and is_shown(entry.name):
                marked = "path" in entry.pax_headers
                name = composed(entry.name) if marked else entry.name.encode("latin-1")
                yield name, t.extractfile(entry).read()


def shown(name):
    return repr(name)[2:-1]


LONG = "a-long-name/" * 24 + "e.png"
ODD = [("line\nend.png", TINY), ("tab\t,\"quote\".png", SEVEN), ("\x1b[31mred.png", EIGHT),
       ("gr\u00fc\u00dfe \u65e5\u672c.png", GEE), ("e\u0301.png", TINY), ("a!b.png", SEVEN)]

ZIPS = {
    "deflated.zip": make_zip(PLAIN),
    "stored.zip": make_zip(PLAIN, zipfile.ZIP_STORED),
    "bzip2.zip": make_zip(PLAIN, zipfile.ZIP_BZIP2),
    "lzma.zip": make_zip(PLAIN, zipfile.ZIP_LZMA),
    "stream.zip": make_zip(PLAIN, stream=True),
    "stream-stored.zip": make_zip(PLAIN, zipfile.ZIP_STORED, stream=True),
    "zip64.zip": make_zip(PLAIN, zip64=True),
    "comment.zip": make_zip(PLAIN, comment=b"whoever reads this " * 100),
    "names.zip": make_zip(ODD),
    "latin-1.zip": latin_zip(),
    "macos.zip": macos_zip(),
    "empty.zip": make_zip([]),
    "zip-called.png": make_zip(PLAIN[:1]),
}
TARS = {
    "ustar.tar": make_tar(PLAIN),
    "gnu.tar": make_tar([(LONG, TINY)] + PLAIN, tarfile.GNU_FORMAT),
    "pax.tar": make_tar([(LONG, TINY)] + ODD, tarfile.PAX_FORMAT),
    "others.tar": others_tar(),
    # Image decoders would have these, going by the first bytes.
    "begins-as-bmp.tar": make_tar([("BM.png", TINY)]),
    "begins-as-pnm.tar": make_tar([("P5 .pgm", TINY)]),
}
PACKED = {
    "plain.tar.gz": (gz, "ustar.tar"),
    "plain.tar.zst": (zstd, "ustar.tar"),
    "plain.tar.xz": (lambda data: lzma.compress(data), "ustar.tar"),
}


# ------------------------------------------------------------------------ datasets

def dataset(stem):
    """The files of a dataset in testdata/idx, packed as NIST packs them, by their names."""
    files = {}
    for path in sorted((HERE / "idx").glob(stem + "*")):
        data = path.read_bytes()
        if path.suffix == ".gz":
            data = gzip.decompress(data)
        name = path.name.removesuffix(".gz")
        files["gzip/" + name + ("" if name.endswith(".txt") else ".gz")] = \
            data if name.endswith(".txt") else gz(data)
    return files


def datasets_zip(stream=False):
    """As NIST's gzip.zip. Of one of the datasets the labels come after the images."""
    files = {"gzip/": b"", **dataset("strokes-byclass"), **dataset("strokes-letters")}
    late = "gzip/strokes-letters-labels-idx1-ubyte.gz"
    files[late] = files.pop(late)
    files["__MACOSX/gzip/._strokes-byclass-test-images-idx3-ubyte.gz"] = b"\0\5\x16\7"
    return make_zip(files.items(), stream=stream)


def csv_zip():
    """As on Kaggle: the label, then 784 values as they are stored; the mapping beside it."""
    files = dataset("strokes-balanced")
    stem = "gzip/strokes-balanced-train"
    images = gzip.decompress(files[stem + "-images-idx3-ubyte.gz"])[16:]
    labels = gzip.decompress(files[stem + "-labels-idx1-ubyte.gz"])[8:]
    lines = [",".join(map(str, [label, *images[784 * i:784 * (i + 1)]])) + "\n"
             for i, label in enumerate(labels)]
    return make_zip([("csv/strokes-balanced-train.csv", "".join(lines).encode()),
                     ("csv/strokes-balanced-train-mapping.txt", files[stem + "-mapping.txt"])])


def images_zip(lines, files, ending="csv"):
    """Image files and a list of them, which lies among them."""
    labels = "".join(line + "\n" for line in ["path,label", *lines]).encode()
    if ending == "tsv":
        labels = labels.replace(b",", b"\t")
    folder = files[0][0].rpartition("/")[0]
    return make_zip([files[0], (folder + "/labels." + ending if folder else "labels." + ending,
                                labels), *files[1:]])


def no_labels_zip():
    files = dataset("strokes-byclass")
    del files["gzip/strokes-byclass-test-labels-idx1-ubyte.gz"]
    return make_zip(files.items())


def images_twice_zip():
    """"images" occurs in the name before it stands for the images."""
    return make_zip([("my-images-set" + name.removeprefix("gzip/strokes-digits-test"), data)
                     for name, data in dataset("strokes-digits-test").items()])


DATASETS = {
    "gzip.zip": datasets_zip(),
    "gzip-stream.zip": datasets_zip(stream=True),
    "upright.zip": make_zip([(name, gzip.decompress((HERE / "idx" / (name + ".gz")).read_bytes()))
                             for name in ("t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte")]),
    "images-twice.zip": images_twice_zip(),
    "no-labels.zip": no_labels_zip(),
    "csv.zip": csv_zip(),
    "list.zip": images_zip(["7.png,7", "./letters/e.png,e", "8.gif,8", "7.png,7"],
                           [("scans/8.gif", EIGHT), ("scans/letters/e.png", TINY),
                            ("scans/7.png", SEVEN)]),
    "list-tsv.zip": images_zip(["7.png,7", "./letters/e.png,e", "8.gif,8", "7.png,7"],
                               [("scans/8.gif", EIGHT), ("scans/letters/e.png", TINY),
                                ("scans/7.png", SEVEN)], "tsv"),
    "list-twice.zip": make_zip([("7.png", SEVEN), ("labels.tsv", b"path\tlabel\n7.png\t1\n"),
                                ("labels.csv", b"path,label\n7.png,7\n")]),
    # In no order; in that of their names the folder "1" comes before the file "1-b.png".
    "folders.zip": make_zip([
        ("letters/", b""), ("letters/G/9.gif", EIGHT), ("letters/7/1-b.png", SEVEN),
        ("letters/e/tiny.png", TINY), ("letters/7/1/a.gif", EIGHT), ("letters/G/10", GEE),
        ("letters/G/notes.txt", b"not an image"), ("letters/LICENSE", b"free"),
        ("letters/.thumbnails/7/a.png", TINY), ("__MACOSX/letters/e/._tiny.png", b"\0\5\x16\7"),
        ("letters/empty/notes.txt", b"no class")]),
    "folders-splits.zip": make_zip([
        ("mine/test/7/7.png", SEVEN), ("mine/train/e/e.png", TINY), ("mine/train/8/8.gif", EIGHT)]),
    # One class, of which some images lie deeper.
    "folders-one.zip": make_zip([("7/7.png", SEVEN), ("7/more/8.gif", EIGHT)]),
    # Folders that lie deeper than any that people make.
    "folders-deep.zip": make_zip([("a/" * 18 + "7/7.png", SEVEN)]),
    # The last two are on the disk, not in the archive.
    "list-partly.zip": images_zip(["7.png,7", "rubbish.png,e", "/dev/null,A",
                                   "testdata/samples/digit-8-small.gif,8"],
                                  [("7.png", SEVEN), ("rubbish.png", b"rubbish")]),
    "list-outside.zip": images_zip(["testdata/samples/digit-7-bilevel.png,7",
                                    "testdata/samples/digit-8-small.gif,8"],
                                   [("7.png", SEVEN)]),
    "wrapped.zip": make_zip([("a.csv", make_zip([("labels.csv", b"path,label\na.png,7\n")]))]),
    # As NIST's; testdata/formats is made by generate_formats.py.
    "matlab.zip": make_zip([
        ("matlab/emnist-balanced.mat", (HERE / "formats" / "plain.mat").read_bytes()),
        ("matlab/emnist-byclass.mat", (HERE / "formats" / "strokes.mat").read_bytes())]),
}


# ------------------------------------------------------------------------- damage

def changed(data, at, new):
    return data[:at] + new + data[at + len(new):]


def encrypted(data):
    """The flag of it: what follows is never looked at."""
    for signature, at in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        start = 0
        while (start := data.find(signature, start)) >= 0:
            data = changed(data, start + at, bytes([data[start + at] | 1]))
            start += 4
    return data


def method(data, number):
    at = data.find(b"PK\3\4")
    return changed(data, at + 8, struct.pack("<H", number))


def hard_link():
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as t:
        entry = tarfile.TarInfo("a.png")
        entry.size = len(TINY)
        t.addfile(entry, io.BytesIO(TINY))
        link = tarfile.TarInfo("b.png")
        link.type, link.linkname = tarfile.LNKTYPE, "a.png"
        t.addfile(link)
    return out.getvalue()


def damaged():
    """name, bytes, files before the failure, its status, its message; then of what is no failure of
    the archive, but of a file in it, '!' and the file's name."""
    d, s, t = ZIPS["deflated.zip"], ZIPS["stored.zip"], TARS["ustar.tar"]
    g, z, x = gz(t), zstd(t), lzma.compress(t)
    second = s.find(b"PK\3\4", 4)
    crc = zlib.crc32(TINY)
    bad = zlib.crc32(changed(TINY, 60, bytes([TINY[60] ^ 1])))
    at = s.find(TINY) + 60
    yield ("zip-bad-crc.zip", changed(s, at, bytes([s[at] ^ 1])), 3, "CORRUPT",
           f"damaged zip archive: ZIP bad CRC: {bad:#x} should be {crc:#x}", "letters/e.png")
    yield ("zip-cut-in-file.zip", s[:second + 100], 1, "CORRUPT",
           f"in 'digits/7.png': damaged zip archive: the file ends after {second + 100} bytes "
           "(Truncated ZIP file data)")
    yield ("zip-cut-in-directory.zip", d[:-30], 3, "CORRUPT",
           "damaged zip archive: cut short, the end of its directory is missing after 3 files")
    yield ("zip-no-directory.zip", d[:d.find(b"PK\1\2")], 3, "CORRUPT",
           f"damaged zip archive: the file ends after {d.find(b'PK' + bytes([1, 2]))} bytes")
    yield ("zip-file-overwritten.zip", changed(s, second, b"XX"), 2, "CORRUPT",
           "damaged zip archive: its directory lists 3 files, 2 were found")
    yield ("zip-bad-deflate.zip", changed(d, d.find(b"e.png") + 5, b"\xff" * 8), 0, "CORRUPT",
           "in 'letters/e.png': damaged zip archive: ZIP decompression failed (-3)")
    yield ("zip-encrypted.zip", encrypted(s), 3, "UNSUPPORTED",
           "encrypted entries are not supported", "letters/e.png")
    yield ("zip-unknown-method.zip", method(d, 97), 3, "UNSUPPORTED",
           "unsupported ZIP compression method (97: wav-pack)", "letters/e.png")
    yield ("tar-cut-in-file.tar", t[:1024 + 512 + 100], 1, "CORRUPT",
           "in 'digits/7.png': damaged tar archive: the file ends after 1636 bytes "
           "(Truncated tar archive)")
    yield ("tar-bad-header.tar", changed(t, 1024 + 10, b"X"), 1, "CORRUPT",
           "damaged tar archive: the checksum of a header is wrong")
    yield ("tar-hard-link.tar", hard_link(), 2, "UNSUPPORTED",
           "a hard link to 'a.png', which holds the data", "b.png")
    yield ("gzip-cut.tar.gz", g[:-9], 3, "CORRUPT", "damaged gzip data: cut short")
    yield ("gzip-bad-crc.tar.gz", changed(g, len(g) - 8, b"\0\0\0\0"), 3, "CORRUPT",
           "damaged gzip data: incorrect data check")
    yield ("gzip-trailing.tar.gz", g + b"more", 3, "CORRUPT",
           "damaged gzip data: other data follow it")
    yield ("gzip-of-text.gz", gz(b"text"), 0, "FORMAT",
           "gzip data without a tar archive or an idx file of images in it")
    yield ("gzip-of-nothing.gz", gz(b""), 0, "FORMAT",
           "gzip data without a tar archive or an idx file of images in it")
    yield ("zstd-cut.tar.zst", z[:-20], 0, "CORRUPT",
           f"damaged zstd data: the file ends after {len(z) - 20} bytes (Truncated zstd input)")
    yield ("zstd-bad-checksum.tar.zst", changed(z, len(z) - 4, b"\0\0\0\0"), 0, "CORRUPT",
           "damaged zstd data: Zstd decompression failed: Restored data doesn't match checksum")
    yield ("xz-cut.tar.xz", x[:-60], 0, "CORRUPT",
           f"damaged xz data: the file ends after {len(x) - 60} bytes "
           "(Lzma library error:  No progress is possible)")
    yield ("xz-bad-header.tar.xz", changed(x, 8, b"\0\0\0\0"), 0, "CORRUPT",
           "damaged xz data: Lzma library error: Corrupted input data")
    images = struct.pack(">4I", 0x803, 3, 28, 28) + bytes(784 * 2)
    yield ("idx-cut.idx", images, 2, "CORRUPT", "the file ends after 2 of 3 images")
    yield ("idx-trailing.idx", images + bytes(785), 3, "CORRUPT", "trailing bytes after the 3 images")
    yield ("idx-cut-in-header.idx", images[:10], 0, "CORRUPT",
           "the idx header ends after 10 of 16 bytes")
    yield ("idx-32x32.idx", struct.pack(">4I", 0x803, 1, 32, 32) + bytes(1024), 0, "UNSUPPORTED",
           "images of 32x32 pixels: idx files must have 28x28")


def main():
    MALFORMED.mkdir(parents=True, exist_ok=True)
    lines = ["# archive, file in it, CRC-32 of its bytes"]
    for files, listed in ((ZIPS, list_zip), (TARS, list_tar)):
        for name, data in files.items():
            (FOLDER / name).write_bytes(data)
            lines += [f"{name}\t{shown(n)}\t{zlib.crc32(b):08x}" for n, b in listed(data)]
    for name, (pack, of) in PACKED.items():
        (FOLDER / name).write_bytes(pack(TARS[of]))
        lines += [f"{name}\t{shown(n)}\t{zlib.crc32(b):08x}" for n, b in list_tar(TARS[of])]
    for name, data in DATASETS.items():
        (FOLDER / name).write_bytes(data)
    (FOLDER / "contents.tsv").write_text("\n".join(lines) + "\n")
    lines = ["# archive, files before the failure or all, status, message, file in it that is meant"]
    for name, data, n, status, message, *member in damaged():
        (MALFORMED / name).write_bytes(data)
        lines.append("\t".join([name, str(n), "EMNIST_ERR_" + status, message,
                                member[0] if member else "-"]))
    (MALFORMED / "expected.tsv").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
