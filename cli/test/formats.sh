#!/bin/sh
# formats.sh - what is printed for strange names reads back as the very bytes of the names, through
# readers that are not ours: Python's csv and json.
. cli/test/tap.inc

if ! command -v python3 >/dev/null; then
	skip 'formats read back' 'no python3'
	finish
fi

mkdir "$TMP/names"
python3 - "$TMP/names" <<'END'
import os, sys, shutil
# What means something to a shell, to CSV, TSV, JSON, a terminal, and what is no UTF-8: a lone
# continuation, an overlong form, a surrogate, a sequence cut short, U+110000, C1, BOM, U+2028.
names = [b'a b', b' a ', b'a,b', b'"', b'""', b'a"b"c', b"it's", b'a\nb', b'a\r\nb', b'\n', b'\r',
         b'a\tb', b'\\', b'\\n', b'a\\', b'-', b'--', b'-k', b'--top=3', b'$HOME', b'*', b'a;b',
         b'=1+1', b'#', b'\x01\x1b[31m\x7f', b'\x80', b'\xc0\xaf', b'\xe0\x80\xaf',
         b'\xf0\x80\x80\xaf', b'\xed\xa0\x80', b'\xe2\x82',
         b'\xf4\x90\x80\x80', b'\xf0\x9f\x98\x80', b'\xc2\x9b', b'\xff\xfe', b'\xef\xbb\xbf',
         b'\xe2\x80\xa8', b'\xc3\xa9', b'x' * 255, b'null', b'{"path":1}']
folder = os.fsencode(sys.argv[1])
for i, name in enumerate(names):
    if i % 5 == 4:
        cut = open('testdata/samples/digit-2-scan.png', 'rb').read(300)
        open(folder + b'/' + name, 'wb').write(cut)
    else:
        shutil.copy(b'testdata/samples/digit-2-scan.png', folder + b'/' + name)
END

cat >"$TMP/read.py" <<'END'
import base64, csv, json, os, sys
form, printed, folder = sys.argv[1], sys.argv[2], os.fsencode(sys.argv[3])
raw = open(printed, 'rb').read()
columns = ['path', 'label', 'probability', 'error', 'label_2', 'probability_2', 'label_3',
           'probability_3']

def table(rows):
    assert rows[0][:8] == columns, rows[0]
    assert rows[0][8:] == ['p_' + c for c in classes], rows[0]
    for row in rows[1:]:
        assert len(row) == len(rows[0]), row
        yield (os.fsencode(row[0]), row[1] or None, float(row[2]) if row[2] else None,
               row[3] or None, [x for x in row[4:] if x])

def from_csv():
    text = raw.decode('utf-8', 'surrogateescape')
    return table(list(csv.reader(LinesOf(text), strict=True)))

class LinesOf:                       # csv wants lines, and only \n ends one here
    def __init__(self, text): self.parts = text.split('\n')[:-1]
    def __iter__(self): return (part + '\n' for part in self.parts)

def from_tsv():
    def field(s):
        out, i = bytearray(), 0
        while i < len(s):
            if s[i] == 0x5c:
                out += {0x74: b'\t', 0x6e: b'\n', 0x72: b'\r', 0x5c: b'\\'}[s[i + 1]]
                i += 2
            else:
                assert s[i] not in b'\r'
                out.append(s[i])
                i += 1
        return os.fsdecode(bytes(out))
    return table([[field(f) for f in line.split(b'\t')] for line in raw.split(b'\n')[:-1]])

def refuse(word): raise ValueError(word)

def from_jsonl():
    for line in raw.split(b'\n')[:-1]:
        line.decode('utf-8')                                     # strict
        o = json.loads(line, parse_constant=refuse)
        json.dumps(o, ensure_ascii=False).encode('utf-8')        # no lone surrogates
        keys = ['path', 'label', 'probability', 'error', 'top', 'probabilities']
        assert list(o)[:6] == keys and set(o) - set(keys) <= {'path_base64'}, o
        path = base64.b64decode(o['path_base64'], validate=True) if 'path_base64' in o else \
            o['path'].encode('utf-8')
        assert path.decode('utf-8', 'replace').count('\ufffd') <= o['path'].count('\ufffd')
        if o['error'] is None:
            assert [t['label'] for t in o['top']][0] == o['label'] and len(o['top']) == 3
            assert list(o['probabilities']) == classes
            assert abs(sum(o['probabilities'].values()) - 1) < 1e-4
        else:
            assert o['top'] == [] and o['probabilities'] == {}
        yield path, o['label'], o['probability'], o['error'], o['top']

def from_text():
    for line in raw.split(b'\n')[:-1]:
        assert all(b >= 0x20 and b != 0x7f for b in line), line
        shown, rest = line.decode('utf-8').rsplit(': ', 1)
        path = shown.encode('utf-8').decode('unicode_escape').encode('latin-1')
        yield path, rest.split(' ')[0], None, None, None

classes = list('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz')
records = list({'csv': from_csv, 'tsv': from_tsv, 'jsonl': from_jsonl, 'text': from_text}[form]())
wanted = sorted(folder + b'/' + name for name in os.listdir(folder) if not name.startswith(b'.'))
bad = {p for p in wanted if os.path.getsize(p) == 300}
if form == 'text':
    wanted = [p for p in wanted if p not in bad]
assert [r[0] for r in records] == wanted, [x for x in zip(records, wanted) if x[0][0] != x[1]][:3]
for path, label, probability, error, more in records:
    assert (error is not None) == (path in bad), (path, error)
    assert label == (None if path in bad else '2'), (path, label)
    assert form == 'text' or (probability is None) == (path in bad)
    assert not more if path in bad else more is None or more
END

for format in csv tsv jsonl; do
	"$EMNIST" classify -q -k 3 --probabilities -f $format "$TMP/names" >"$TMP/out.$format"
	is "$format: status" 1 $?
	check "$format: reads back" python3 "$TMP/read.py" $format "$TMP/out.$format" "$TMP/names"
done
"$EMNIST" classify -q "$TMP/names" >"$TMP/out.text"
check 'text: reads back' python3 "$TMP/read.py" text "$TMP/out.text" "$TMP/names"

# The decimal point stays one where the locale has a comma.
if locale -a 2>/dev/null | grep -q '^de_DE'; then
	LC_ALL=de_DE.UTF-8 "$EMNIST" classify -q -k 3 --probabilities -f csv "$TMP/names" >"$TMP/de"
	check 'a locale with a decimal comma' cmp "$TMP/out.csv" "$TMP/de"
else
	skip 'a locale with a decimal comma' 'no locale de_DE'
fi

# The same names through every door.
(cd "$TMP/names" && find . -type f -print0 | sort -z >"$TMP/list0")
cut_paths() { python3 -c '
import csv, sys
for row in csv.reader(open(sys.argv[1], newline="", errors="surrogateescape")):
    sys.stdout.buffer.write(row[0].encode("utf-8", "surrogateescape") + b"\0")' "$1"; }
printf 'path\0' >"$TMP/wanted"
cat "$TMP/list0" >>"$TMP/wanted"
cd "$TMP/names" || exit 1
"$EMNIST" classify -qf csv --files0-from=- <"$TMP/list0" >"$TMP/out"
cut_paths "$TMP/out" >"$TMP/got"
check 'find -print0 | --files0-from=-' cmp "$TMP/wanted" "$TMP/got"
"$EMNIST" classify -qf csv --files0-from="$TMP/list0" >"$TMP/out"
cut_paths "$TMP/out" >"$TMP/got"
check '--files0-from=FILE' cmp "$TMP/wanted" "$TMP/got"
xargs -0 "$EMNIST" classify -qf csv -- <"$TMP/list0" >"$TMP/out"
cut_paths "$TMP/out" >"$TMP/got"
check 'xargs -0' cmp "$TMP/wanted" "$TMP/got"
"$EMNIST" classify -qf csv -- * >"$TMP/out" 2>"$TMP/stderr"
is 'a lone dash among operands is standard input' '2' \
	"$(grep '^-,' <"$TMP/out" | cut -d, -f2 | tr -d '\n')$(grep -c '^-,.*not an image' "$TMP/out" |
		sed 's/0/2/;s/1/2/')"
finish
