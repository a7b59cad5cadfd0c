#!/bin/sh
# packages.sh - apt is run where something is missing, and nowhere else; and what it is run for is
# told. The tools that ask and install are our own here.
. cli/test/tap.inc

# Those of the make that runs this are not for the ones that it runs.
unset MAKEFLAGS MFLAGS MAKELEVEL

mkdir "$TMP/bin"
cat >"$TMP/bin/dpkg-query" <<'END'
#!/bin/sh
for package; do :; done
case " $MISSING " in
*" $package "*) exit 1 ;;
esac
echo 'install ok installed'
END
for tool in apt-get sudo; do
	printf '#!/bin/sh\necho "%s $*" >>"$LOG"\n' $tool >"$TMP/bin/$tool"
done
chmod +x "$TMP"/bin/*
LOG=$TMP/log
export LOG

# asked TARGET MISSING: what was run.
asked()
{
	: >"$LOG"
	MISSING=$2 PATH=$TMP/bin:$PATH ${MAKE:-make} --no-print-directory "$1" >"$TMP/out" 2>&1
	sed 's/^sudo -n apt-get/apt-get/; /^sudo -n true/d' "$LOG"
}

is 'nothing is missing' '' "$(asked deps-check '')"
is 'and nothing is said' '' "$(cat "$TMP/out")"
is 'what tests can do without is not installed' '' "$(asked deps-check 'g++ groff man-db python3 clang')"
is 'what they cannot do without is' 'apt-get update -q
apt-get install -y --no-install-recommends libcmocka-dev' "$(asked deps-check libcmocka-dev)"
is 'and it is told' 'deps: missing, and installed by apt-get now: libcmocka-dev' "$(cat "$TMP/out")"
is 'make deps does not install what tests need' '' "$(asked deps libcmocka-dev)"
finish
