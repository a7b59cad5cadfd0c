# emnist - `make help` lists the targets.
#
# Variables, on the command line or in the environment:
#	CC, CFLAGS, CPPFLAGS, LDFLAGS   compiler and its flags; CFLAGS defaults to -O2 -g
#	CROSS=PREFIX                    of the tools for another kind of machine: aarch64-linux-gnu-
#	SANITIZE=LIST                   build with -fsanitize=LIST (use with a BUILD of its own)
#	STRICT=1                        a warning is an error
#	BUILD=DIR                       where everything is built; default build
#	EMULATOR=PROGRAM                what runs the program that packs the default model, where
#	                                it is built for another kind of machine
#	PANELS=                         leave the default model out as kernels read it: smaller, but
#	                                each start takes some 4 ms longer
#	prefix, bindir, libdir, includedir, mandir, docdir, bashdir, zshdir, fishdir, DESTDIR
#	                                where `install` puts things; the last three: completions
#	JOBS=N                          tests at a time; default: one a processor
#	EMNIST_DATA=DIR                 folder with emnist/ and seed/, for tests and training
#	BENCH_IMAGES=N                  images in a shard of `make bench-scale`; default 5000
#	BENCH=LIST                      parts of `make bench`: see cli/bench/compare.sh; of
#	                                `make bench-serve`: see cli/bench/bench_serve.sh
#	DISTORT_FLAGS=LIST              options of `make bench-distortions`: see lib/bench/distort.c
#	MODEL=FILE                      model of `make bench-people`; default: the built-in one
#	STEP=sources|teachers           where `make default-model` stops
#	PYTHON=PROGRAM                  Python for `make wheel`, and with onnx, torch, pytest... for
#	                                `make check-peers`, with pyspark, ray, distributed for
#	                                `make bench-scale`; default python3
#	FLAGS=LIST                      parts of `make check-flags`: see lib/tool/check_flags.sh
#	ARCH=LIST                       kinds of machine of `make check-cross`; default: arm64 s390x i386
#	FUZZ_SECONDS=N                  how long `make fuzz` runs each target; default 60
#	V=1                             show whole commands

prefix     ?= /usr/local
bindir     ?= $(prefix)/bin
libdir     ?= $(prefix)/lib
includedir ?= $(prefix)/include
mandir     ?= $(prefix)/share/man
docdir     ?= $(prefix)/share/doc/emnist
bashdir    ?= $(prefix)/share/bash-completion/completions
zshdir     ?= $(prefix)/share/zsh/site-functions
fishdir    ?= $(prefix)/share/fish/vendor_completions.d

ifneq ($(CROSS),)
ifeq ($(origin CC),default)
CC := $(CROSS)gcc
endif
ifeq ($(origin AR),default)
AR := $(CROSS)ar
endif
# Debian's libraries for another kind of machine lie in a folder of their own.
PKG_CONFIG   ?= PKG_CONFIG_LIBDIR=/usr/lib/$(shell $(CC) -print-multiarch)/pkgconfig:/usr/share/pkgconfig pkg-config
endif
OBJCOPY      ?= $(CROSS)objcopy
BUILD        ?= build
CFLAGS       ?= -O2 -g
FUZZ_SECONDS ?= 60
CLANG        ?= clang
MUSL_CC      ?= musl-gcc
PKG_CONFIG   ?= pkg-config
PROTOC_C     ?= protoc-c
PYTHON       ?= python3

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.SUFFIXES:

ifeq ($(V),)
Q   := @
say  = @printf '  %-6s %s\n' $(1) $(2)
endif

VERSION  := $(shell sed -n 's/^\#define EMNIST_VERSION "\(.*\)"/\1/p' lib/emnist.h)
# 0.x may change functions and structures, as 1, 2... may; see emnist.h.
MAJOR    := $(firstword $(subst ., ,$(VERSION)))
SOVERSION := $(MAJOR)$(if $(filter 0,$(MAJOR)),.$(word 2,$(subst ., ,$(VERSION))))
PACKAGES := libpng libjpeg zlib libdeflate libprotobuf-c

PROTO    := onnx tensorflow

# A tarball of `make dist` comes with the files that are generated, and with the sums of what they were made from:
# where that has changed since, they are made here.
ORIGINS := lib/builtin/default.onnx $(PROTO:%=lib/format/%.proto)
RELEASE := $(if $(wildcard .generated),$(shell cksum $(ORIGINS) | cmp -s - .generated/sums && echo yes))

# The Debian packages that `make deps` installs where they are missing: what the build needs. Then
# what `make check` cannot do without, and installs likewise; what else is missing, its tests skip.
DEBIAN := gcc libc6-dev pkg-config libpng-dev libjpeg-dev libopenblas-dev zlib1g-dev libdeflate-dev \
	  libprotobuf-c-dev $(if $(RELEASE),,protobuf-c-compiler) libarchive-dev libwebp-dev libtiff-dev \
	  libmicrohttpd-dev
DEBIAN_CHECK := libcmocka-dev binutils

# Flags that reorder or merge arithmetic would change answers. The library refuses those that it sees (float_mode.h).
INEXACT := $(filter -Ofast -ffast-math -funsafe-math-optimizations -ffinite-math-only -fassociative-math \
	   -freciprocal-math -ffp-contract=fast -ffp-contract=on,$(CFLAGS) $(CPPFLAGS) $(LDFLAGS))
ifneq ($(INEXACT),)
$(error emnist: $(firstword $(INEXACT)) would change its answers; use -O3 without it)
endif

WARNINGS := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes -Wvla \
	    $(if $(STRICT),-Werror)
# What the compiler is, and what it compiles for.
MACROS   := $(shell $(CC) $(CPPFLAGS) $(CFLAGS) -dM -E -x c /dev/null 2>/dev/null)
IS_CLANG := $(findstring __clang__,$(MACROS))
# Loops are vectorized at any -O; nothing here reorders arithmetic. clang does so by itself. Floats are computed
# as floats: for i386, with SSE; for s390x, where gcc would widen them with -std=c11, by a flag.
ARITHMETIC := -fno-math-errno -fno-trapping-math -ffp-contract=off \
	      $(if $(IS_CLANG),,-ftree-vectorize -fvect-cost-model=dynamic) \
	      $(if $(findstring __i386__,$(MACROS)),-msse2 -mfpmath=sse) \
	      $(if $(findstring __s390__,$(MACROS)),$(if $(IS_CLANG),,-fexcess-precision=fast))
# The same bytes from any folder.
PLACE := -ffile-prefix-map=$(BUILD)=build -ffile-prefix-map=$(CURDIR)=.
OPTIMIZED := $(filter-out -O0,$(lastword $(filter -O%,$(CFLAGS))))
# An overflow that everybody missed ends the program, and does not serve whoever sent the bytes. The
# checks of copies need optimization, and sanitizers have their own. -U: some compilers come with a
# level of their own; a level that the user gives stands.
HARDEN := -fstack-protector-strong \
	  $(if $(SANITIZE)$(findstring _FORTIFY_SOURCE,$(CPPFLAGS) $(CFLAGS)),,\
	  $(if $(OPTIMIZED),-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2))
HARDEN_LINK := -Wl,-z,relro,-z,now
# Where off_t has 32 bits, files of 2 GiB cannot be opened.
FILES := $(if $(findstring __SIZEOF_POINTER__ 4,$(MACROS)),-D_FILE_OFFSET_BITS=64)
flags = $(ARITHMETIC) $(PLACE) $(HARDEN) -std=c11 -D_GNU_SOURCE $(FILES) $(WARNINGS) \
	-fvisibility=hidden -fPIC -pthread -MMD -MP \
	$(if $(SANITIZE),-fsanitize=$(SANITIZE) -fno-omit-frame-pointer \
		-fno-sanitize-recover=undefined)
PACKAGE_CFLAGS := $(shell $(PKG_CONFIG) --cflags $(PACKAGES) openblas libarchive libwebp libtiff-4 2>/dev/null)
PACKAGE_LIBS   := $(shell $(PKG_CONFIG) --libs $(PACKAGES) 2>/dev/null) -lm -lpthread -ldl
LINK = $(CC) $(CFLAGS) $(PLACE) $(HARDEN_LINK) $(if $(SANITIZE),-fsanitize=$(SANITIZE)) -pthread $(LDFLAGS)

# Whether programs that are built here run here.
RUNS    := $(if $(CROSS),$(EMULATOR),yes)

HEADERS     := $(wildcard lib/*.h)
LIB_SOURCES := $(filter-out lib/test/% lib/fuzz/% lib/bench/% lib/tool/%,$(sort $(wildcard lib/*/*.c)))
CLI_SOURCES := $(filter-out cli/test/%,$(sort $(wildcard cli/*.c cli/*/*.c cli/*/*/*.c)))
TESTS       := $(patsubst lib/test/%.c,%,$(wildcard lib/test/test_*.c))
CLI_TESTS   := $(sort $(wildcard cli/test/*.sh))
INJECTORS   := $(patsubst cli/test/%.c,%,$(wildcard cli/test/inject_*.c))
FUZZERS     := $(patsubst lib/fuzz/%.c,%,$(wildcard lib/fuzz/fuzz_*.c))
BENCHES     := export_photographs export_originals time_photographs distort network json_speed floor_files floor_request \
	       nothing nothing_static
PAGES       := $(wildcard man/*.1 man/*.3 man/*.5 man/*.7)
RECIPES     := $(wildcard cli/scale/shard.* cli/scale/*_shards.*)

PROTO_OBJECTS := $(PROTO:%=$(BUILD)/proto/%.pb-c.o)
LIB_OBJECTS   := $(LIB_SOURCES:%.c=$(BUILD)/%.o) $(BUILD)/lib/builtin/default.o $(PROTO_OBJECTS)
CLI_OBJECTS   := $(CLI_SOURCES:%.c=$(BUILD)/%.o) $(BUILD)/cli/bench/photograph.o \
		 $(BUILD)/cli/serve/page/page_files.o

# --------------------------------------------------------------------- building

all: $(BUILD)/emnist $(BUILD)/libemnist.a $(BUILD)/libemnist.so $(BUILD)/emnist.pc ## the program and both libraries

# The flags are in the Makefile.
$(BUILD)/%.o: %.c Makefile
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(flags) $(CPPFLAGS) $(call cflags_of,$<) $(strip $(CFLAGS) $(call optimize,$<)) -c -o $@ $<

# Only lib sees the packages' headers, the generated ones among them.
# gcc 12 for aarch64 does not survive the bounds of strokes.
# Only the network's products, and the loop that they are measured by, may be added in one step with
# their sums.
cflags_of = $(if $(filter lib/%,$(1)),-I$(BUILD)/proto $(PACKAGE_CFLAGS)) \
	    $(if $(filter cli/% lib/fuzz/% lib/test/%,$(1)),-Ilib) \
	    $(if $(filter lib/network/kernel.c lib/bench/peak.c,$(1)),-ffp-contract=fast) \
	    $(if $(filter lib/draw/ink.c,$(1)),-fno-tree-vectorize)
# It is the optimizer that adds in one step: without, answers would differ in their last digit.
optimize = $(if $(OPTIMIZED),,$(if $(filter lib/network/kernel.c,$(1)),-O2))

# The default model's weights as they are used, made when it is built; or, to save 2.2 MB, when it is read.
PANELS ?= yes
PACK_MODEL_OBJECTS := $(BUILD)/lib/tool/pack_model.o $(PROTO_OBJECTS) $(filter-out %/builtin.o,\
	$(patsubst %.c,$(BUILD)/%.o,$(wildcard lib/base/*.c lib/io/*.c lib/json/*.c lib/labels/*.c \
	lib/network/*.c lib/format/*.c)))
$(BUILD)/pack_model: $(PACK_MODEL_OBJECTS)
	$(call say,LD,$@)
	$(Q)$(LINK) -o $@ $^ $(PACKAGE_LIBS)

# Without a way to run pack_model they are left out, too.
PACKER := $(if $(PANELS),$(if $(RELEASE),,$(if $(RUNS),$(BUILD)/pack_model)))
$(BUILD)/lib/builtin/default.panels: $(PACKER) lib/builtin/default.onnx
	$(call say,MODEL,$@)
	@mkdir -p $(@D)
	$(Q)$(if $(PACKER),$(EMULATOR) $< lib/builtin/default.onnx >$@,$(if $(and $(RELEASE),$(PANELS)),cp .generated/$(@F) $@,: >$@))

# Files that become part of the program as they are.
$(BUILD)/lib/builtin/default.o: CPPFLAGS_OF_FILE = -DDEFAULT_PANELS='"$(BUILD)/lib/builtin/default.panels"'
$(BUILD)/lib/builtin/default.o: lib/builtin/default.onnx $(BUILD)/lib/builtin/default.panels
$(BUILD)/cli/bench/photograph.o: cli/bench/photograph.jpg
$(BUILD)/cli/serve/page/page_files.o: $(wildcard cli/serve/page/page.*)
$(BUILD)/%.o: %.S
	$(call say,AS,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(PLACE) $(CPPFLAGS) $(CPPFLAGS_OF_FILE) -I$(<D) $(CFLAGS) -c -o $@ $<

$(BUILD)/proto/%.pb-c.c $(BUILD)/proto/%.pb-c.h &: lib/format/%.proto
	$(call say,PROTO,$<)
	@mkdir -p $(@D)
	$(Q)$(if $(RELEASE),cp .generated/$*.pb-c.[ch] $(BUILD)/proto,$(PROTOC_C) --proto_path=$(<D) --c_out=$(BUILD)/proto $<)

# Generated code is not held to our warnings.
$(BUILD)/proto/%.o: $(BUILD)/proto/%.c
	$(call say,CC,$<)
	$(Q)$(CC) $(PLACE) $(HARDEN) -std=c11 -fvisibility=hidden -fPIC $(CPPFLAGS) \
		$(PACKAGE_CFLAGS) $(CFLAGS) -c -o $@ $<

$(LIB_SOURCES:%.c=$(BUILD)/%.o) $(patsubst %,$(BUILD)/lib/test/%.o,$(TESTS)): | $(PROTO:%=$(BUILD)/proto/%.pb-c.h)

strict: ## build everything, tests and benchmarks too, with warnings as errors
	@$(MAKE) --no-print-directory all objects STRICT=1 BUILD=$(BUILD)/strict

# The libraries that are loaded otherwise are linked, too; BLAS is not: the kernels take its part. What nobody
# calls is left out, and so are the model's panels and what would unwind the stack.
SMALL := -ffunction-sections -fdata-sections -fno-asynchronous-unwind-tables
# What libtiff would write JPEG with: nobody writes TIFF files.
NO_JPEG_ENCODER := $(patsubst %,-Xlinker --defsym=jpeg_%=abort,CreateCompress set_defaults set_colorspace set_quality \
	suppress_tables write_raw_data write_scanlines write_tables start_compress finish_compress)
static: ## the program with nothing but itself, in BUILD/static/emnist; needs musl-tools, dpkg-dev, cmake
	@CFLAGS='-O2 $(SMALL)' sh lib/tool/static_libraries.sh $(BUILD)/static/libraries
	@$(MAKE) --no-print-directory $(BUILD)/static/emnist BUILD=$(BUILD)/static CC=$(MUSL_CC) \
		PANELS= CFLAGS='-O2 -g0 $(SMALL)' \
		CPPFLAGS='-DEMNIST_STATIC -isystem $(BUILD)/static/libraries/include -isystem $(BUILD)/static/libraries/kernel' \
		LDFLAGS='-static -s -Wl,--gc-sections -L$(BUILD)/static/libraries/lib $(NO_JPEG_ENCODER)' \
		PACKAGE_CFLAGS='$(shell $(PKG_CONFIG) --cflags openblas)' \
		PACKAGE_LIBS='-larchive -ltiff -lwebp -lmicrohttpd -lpng -ljpeg -lprotobuf-c -llzma -lbz2 -lzstd -ldeflate -lz -lm'

# What another compiler says of the code: make objects CC=clang CFLAGS=-fsyntax-only BUILD=build/clang
objects: $(patsubst %.c,$(BUILD)/%.o,$(wildcard lib/*/*.c cli/*.c cli/*/*.c cli/*/*/*.c)) ## compile everything, link nothing

# One object whose every symbol but emnist_* is local: the static library exports what the shared
# one does. With -flto it is compiled here, for any linker.
# The functions that i386 reads its own address by are in groups that a program has, too; where one of two groups
# of a name is left out, its local symbols would be missed.
RELOCATABLE = -r -nostdlib $(if $(filter -flto%,$(CFLAGS)),$(if $(IS_CLANG),,-flinker-output=nolto-rel)) \
	      $(if $(findstring __i386__,$(MACROS)),-Xlinker --force-group-allocation)
$(BUILD)/libemnist.a: $(LIB_OBJECTS)
	$(call say,AR,$@)
	$(Q)$(CC) $(CFLAGS) $(PLACE) $(RELOCATABLE) -o $(BUILD)/libemnist.o $^
	$(Q)$(OBJCOPY) --localize-hidden $(BUILD)/libemnist.o
	$(Q)rm -f $@
	$(Q)$(AR) rcsD $@ $(BUILD)/libemnist.o

$(BUILD)/libemnist.so.$(VERSION): $(LIB_OBJECTS)
	$(call say,LD,$@)
	$(Q)$(LINK) -shared -Wl,-soname,libemnist.so.$(SOVERSION) -o $@ $^ $(PACKAGE_LIBS)

$(BUILD)/libemnist.so: $(BUILD)/libemnist.so.$(VERSION)
	$(Q)ln -sf $(<F) $(BUILD)/libemnist.so.$(SOVERSION)
	$(Q)ln -sf $(<F) $@

# Of the objects, and not of the library: it uses what is not public, too.
$(BUILD)/emnist: $(CLI_OBJECTS) $(LIB_OBJECTS)
	$(call say,LD,$@)
	$(Q)$(LINK) -o $@ $^ $(PACKAGE_LIBS)

# Written each time, since it depends on the prefix that is asked for.
$(BUILD)/emnist.pc: always
	@mkdir -p $(@D)
	@printf '%s\n' 'prefix=$(prefix)' 'libdir=$(libdir)' 'includedir=$(includedir)' '' \
		'Name: emnist' 'Description: classify images of single characters' \
		'Version: $(VERSION)' 'Libs: -L$${libdir} -lemnist' \
		'Libs.private: -lpthread -lm -ldl' 'Requires.private: $(PACKAGES)' \
		'Cflags: -I$${includedir}' > $@

# The version stands in lib/emnist.h alone.
$(BUILD)/man/%: man/% lib/emnist.h
	@mkdir -p $(@D)
	$(Q)sed '/^\.TH /s/"emnist"/"emnist $(VERSION)"/' $< >$@

# --------------------------------------------------------------- first contact

deps: ## install what is missing through apt, when it may
	@sh lib/test/deps.sh $(DEBIAN)

deps-check:
	@sh lib/test/deps.sh $(DEBIAN) $(DEBIAN_CHECK)

demo: deps ## install what is missing, build, classify the sample images
	@$(MAKE) --no-print-directory all
	$(BUILD)/emnist classify testdata/samples

# ----------------------------------------------------------------------- tests

check: deps-check ## build, run all tests; installs what it cannot do without, where it is missing
	@$(MAKE) --no-print-directory check-built

# What takes longest begins first: none of it is left to run alone at the end. For another kind of machine, where the
# suite may take hours, units do.
LONGEST := $(if $(CROSS),,$(patsubst %,cli/test/%.sh,house instructions train inject_outputs inject plain readme \
	   manual eval distort))
# Of the sources, or of the instructions of this machine: the same for another kind, or not to be had.
ONCE := $(if $(CROSS),$(patsubst %,cli/test/%.sh,house instructions plain))

check-programs: all $(TESTS:%=$(BUILD)/test/%) $(FUZZERS:%=$(BUILD)/replay/%) $(INJECTORS:%=$(BUILD)/test/%.so) \
	     $(patsubst %,$(BUILD)/test/http_%,client faults supervisor) \
	     $(BUILD)/bench/export_photographs $(BUILD)/bench/export_originals $(BUILD)/bench/distort

check-built: check-programs
	@BUILD='$(BUILD)' CC='$(CC)' OBJCOPY='$(OBJCOPY)' VERSION='$(VERSION)' SANITIZE='$(SANITIZE)' \
		sh lib/test/run.sh \
		$(LONGEST) $(TESTS:%=$(BUILD)/test/%) $(FUZZERS:%=$(BUILD)/replay/%) \
		$(filter-out $(LONGEST) $(ONCE),$(CLI_TESTS))

check-units: $(TESTS:%=$(BUILD)/test/%) $(FUZZERS:%=$(BUILD)/replay/%) ## unit tests and the corpora of fuzzing alone
	@BUILD='$(BUILD)' sh lib/test/run.sh $^

check-asan: ## the whole suite under AddressSanitizer and UndefinedBehaviorSanitizer
	@$(MAKE) --no-print-directory check BUILD=build/asan SANITIZE=address,undefined CFLAGS='-O1 -g'

check-ubsan: ## the whole suite under UndefinedBehaviorSanitizer alone
	@$(MAKE) --no-print-directory check BUILD=build/ubsan SANITIZE=undefined CFLAGS='-O1 -g'

# What is threaded: the ordered workers, sessions on a shared model, archives that are stopped,
# training, the server, and the commands.
TSAN_TESTS := $(filter test_archive test_checkpoint test_metrics test_ordered test_registry test_session test_train,$(TESTS))
TSAN_CLI_TESTS := $(patsubst %,cli/test/%.sh,archives threads serve_access serve_faults serve_log serve_metrics \
		  serve_models serve_supervisor)
check-tsan: deps-check ## what is threaded under ThreadSanitizer
	@$(MAKE) --no-print-directory check-tsan-built BUILD=build/tsan SANITIZE=thread CFLAGS='-O1 -g'

check-tsan-built: all $(TSAN_TESTS:%=$(BUILD)/test/%) $(patsubst %,$(BUILD)/test/http_%,client faults supervisor)
	@BUILD='$(BUILD)' CC='$(CC)' VERSION='$(VERSION)' SANITIZE='$(SANITIZE)' \
		sh lib/test/run.sh \
		$(TSAN_TESTS:%=$(BUILD)/test/%) $(TSAN_CLI_TESTS)

$(BUILD)/test/%: $(BUILD)/lib/test/%.o $(LIB_OBJECTS)
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$(Q)$(LINK) -o $@ $^ -lcmocka $(PACKAGE_LIBS)

# These are of the command line.
$(BUILD)/test/test_processors: $(patsubst %,$(BUILD)/cli/common/%.o,processors affinity)
$(BUILD)/test/test_metrics: $(patsubst %,$(BUILD)/cli/%.o,serve/monitor/metrics serve/monitor/exposition output/text)
$(BUILD)/test/test_workers: $(BUILD)/cli/serve/call/workers.o
$(BUILD)/test/test_multipart: $(patsubst %,$(BUILD)/cli/%.o,serve/call/multipart serve/call/percent output/text)

check-flags: all ## builds with other compilers and flags give the same answers; some minutes
	@BUILD='$(BUILD)' CC='$(CC)' CLANG='$(CLANG)' sh lib/tool/check_flags.sh $(FLAGS)

check-cross: all ## the suite on other kinds of machine: ARCH="arm64 s390x i386"
	@BUILD='$(BUILD)' sh lib/tool/check_cross.sh $(filter lib%-dev,$(DEBIAN) $(DEBIAN_CHECK))

check-static: all ## the program of `make static` runs alone
	@BUILD='$(BUILD)' sh lib/tool/check_static.sh

check-systems: ## compile for FreeBSD, macOS and musl, with ziglang of $(PYTHON)
	@BUILD='$(BUILD)' CC='$(CC)' PYTHON='$(PYTHON)' sh lib/tool/check_systems.sh

# Those who make and read the same files, as far as $(PYTHON) has them: see the scripts.
check-peers: all ## hold what is read and written against ONNX Runtime, TensorFlow, PyTorch...
	@failed=0; for script in lib/test/peers_*.py; do \
		echo "# $$script"; \
		$(PYTHON) $$script || failed=1; \
	done; exit $$failed

# Small libraries to preload, which make system calls fail.
$(BUILD)/test/%.so: cli/test/%.c
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) -std=c11 -D_GNU_SOURCE $(WARNINGS) -fPIC -shared -O1 -o $@ $< -ldl

# What asks the server, see cli/test/serve.inc.
$(BUILD)/test/http_%: cli/test/http_%.c
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) -std=c11 -D_GNU_SOURCE $(WARNINGS) $(CFLAGS) -pthread -o $@ $<

$(BUILD)/replay/%: $(BUILD)/lib/fuzz/%.o $(BUILD)/lib/fuzz/replay.o $(BUILD)/lib/fuzz/trial.o \
		   $(LIB_OBJECTS)
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$(Q)$(LINK) -o $@ $^ $(PACKAGE_LIBS)

# These are of the command line.
$(BUILD)/replay/fuzz_names build/fuzz/fuzz_names: \
	$(patsubst %,$(BUILD)/cli/output/%.o,text escape json records)
$(BUILD)/replay/fuzz_query build/fuzz/fuzz_query: \
	$(patsubst %,$(BUILD)/cli/%.o,output/escape output/json output/text serve/call/call serve/call/percent \
	serve/call/query)
$(BUILD)/replay/fuzz_multipart build/fuzz/fuzz_multipart: \
	$(patsubst %,$(BUILD)/cli/%.o,output/text serve/call/multipart serve/call/percent)
$(BUILD)/test/test_tfs: $(BUILD)/cli/output/text.o \
	$(patsubst %,$(BUILD)/cli/serve/%.o,tfs/tfs_answer tfs/tfs_regress models/tfs_signature)
$(BUILD)/replay/fuzz_tfs build/fuzz/fuzz_tfs: $(BUILD)/cli/output/text.o \
	$(patsubst %,$(BUILD)/cli/serve/tfs/tfs_%.o,document examples instances path rows)
$(BUILD)/replay/fuzz_model_config build/fuzz/fuzz_model_config $(BUILD)/test/test_model_config: \
	$(patsubst %,$(BUILD)/cli/serve/models/%.o,model_list model_config text_proto version_scan)
$(BUILD)/test/test_registry: $(patsubst %,$(BUILD)/cli/serve/models/%.o,registry registry_edit loaded)

# And these of the client of `emnist load`.
$(BUILD)/replay/fuzz_http_response build/fuzz/fuzz_http_response $(BUILD)/test/test_http_response: \
	$(BUILD)/cli/load/http_response.o
PROTOCOL_OBJECTS := $(patsubst cli/load/%.c,$(BUILD)/cli/load/%.o,$(wildcard cli/load/protocol*.c)) \
	$(patsubst %,$(BUILD)/cli/%.o,load/pixel_text output/text output/escape output/json)
$(BUILD)/replay/fuzz_answers build/fuzz/fuzz_answers $(BUILD)/test/test_protocols: $(PROTOCOL_OBJECTS)
$(BUILD)/test/test_histogram: $(BUILD)/cli/load/histogram.o

# Fuzzing needs clang. New inputs go to build/fuzz/corpus, findings to build/fuzz/crashes.
fuzz: ## fuzz every parser for FUZZ_SECONDS each, with clang's libFuzzer
	@for target in $(FUZZERS); do \
		$(MAKE) --no-print-directory $$target || exit 1; \
	done

$(FUZZERS):
	@$(MAKE) --no-print-directory build/fuzz/$@ BUILD=build/fuzz CC=$(CLANG) \
		SANITIZE=fuzzer-no-link,address,undefined CFLAGS='-O1 -g'
	@mkdir -p build/fuzz/corpus/$@ build/fuzz/crashes
	build/fuzz/$@ -max_total_time=$(FUZZ_SECONDS) -rss_limit_mb=2048 -timeout=20 \
		-print_final_stats=1 -artifact_prefix=build/fuzz/crashes/$@- \
		build/fuzz/corpus/$@ lib/fuzz/corpus/$(@:fuzz_%=%)

build/fuzz/fuzz_%: $(BUILD)/lib/fuzz/fuzz_%.o $(BUILD)/lib/fuzz/trial.o $(LIB_OBJECTS)
	$(call say,LD,$@)
	$(Q)$(CC) -fsanitize=fuzzer,address,undefined -pthread -o $@ $^ $(PACKAGE_LIBS)

instructions: all ## record anew how many instructions a small job takes
	@BUILD='$(BUILD)' UPDATE=1 sh cli/test/instructions.sh

symbols: ## record anew what the library's headers declare
	@sh lib/tool/interface.sh >lib/test/symbols.txt

format: ## lay out the code with clang-format
	clang-format -i $$(git ls-files '*.c' '*.h')

# ------------------------------------------------------------------ benchmarks

$(BUILD)/bench/%: $(BUILD)/lib/bench/%.o $(LIB_OBJECTS)
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$(Q)$(LINK) -o $@ $^ $(PACKAGE_LIBS)

# The least that a process takes: with our libraries, and with none, where there is a libc for that.
$(BUILD)/bench/nothing: $(BUILD)/lib/bench/nothing.o
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$(Q)$(LINK) -Wl,--no-as-needed -o $@ $< $(PACKAGE_LIBS)

$(BUILD)/bench/nothing_static: $(BUILD)/lib/bench/nothing.o
	$(call say,LD,$@)
	@mkdir -p $(@D)
	-$(Q)$(LINK) -static -o $@ $<

bench: all $(BENCHES:%=$(BUILD)/bench/%) ## speed beside Python's, needs EMNIST_DATA
	@BUILD='$(BUILD)' sh cli/bench/compare.sh

bench-train: all $(BENCHES:%=$(BUILD)/bench/%) ## an epoch of training beside PyTorch, needs EMNIST_DATA
	@BUILD='$(BUILD)' BENCH=train sh cli/bench/compare.sh

bench-scale: all ## what Spark, Ray... cost around `emnist classify`, needs EMNIST_DATA and root
	@images=$$(sh cli/bench/export_test_images.sh '$(BUILD)' 20000) && \
		$(PYTHON) cli/scale/bench_scale.py $(if $(BENCH_IMAGES),--images $(BENCH_IMAGES)) \
		'$(BUILD)' "$${images%.csv}"

bench-serve: all $(BUILD)/bench/floor_request ## speed of `emnist serve` beside other servers, needs EMNIST_DATA
	@BUILD='$(BUILD)' sh cli/bench/bench_serve.sh

$(BUILD)/bench/distort $(BUILD)/bench/export_photographs $(BUILD)/bench/time_photographs: \
	$(patsubst %,$(BUILD)/lib/bench/%.o,distortion photograph surround camera glyph)

$(BUILD)/bench/network: $(patsubst %,$(BUILD)/lib/bench/%.o,peak rival)

bench-distortions: $(BUILD)/bench/distort ## accuracy on people's pictures, needs EMNIST_DATA
	@$< $(DISTORT_FLAGS) "$(EMNIST_DATA)/emnist/train/part1-62-images-idx3-ubyte.gz"

# ------------------------------------------------------------ the default model

PEOPLE_TOOLS := $(BUILD)/emnist $(patsubst %,$(BUILD)/bench/%,export_photographs export_originals distort)

default-model: $(PEOPLE_TOOLS) ## train lib/builtin/default.onnx anew, needs EMNIST_DATA
	@BUILD='$(BUILD)' sh lib/builtin/default.sh

bench-people: $(PEOPLE_TOOLS) ## accuracy on other people's characters, of MODEL=FILE, needs EMNIST_DATA
	@BUILD='$(BUILD)' sh lib/bench/people.sh

# ----------------------------------------------------------------------- Python

wheel: $(BUILD)/libemnist.so ## pack the Python package with the library, through PyPI's auditwheel
	@BUILD='$(BUILD)' VERSION='$(VERSION)' PYTHON='$(PYTHON)' sh lib/python/wheel.sh

# ------------------------------------------------------------------ installing

DOCS := README.md CHANGELOG.md LICENSE

install: all $(PAGES:%=$(BUILD)/%) ## install program, libraries, headers, manual and completions under DESTDIR/prefix
	umask 022; for directory in $(bindir) $(libdir)/pkgconfig $(includedir) $(mandir)/man1 $(mandir)/man3 \
		$(mandir)/man5 $(mandir)/man7 $(docdir)/examples/scale $(bashdir) $(zshdir) $(fishdir); do \
		install -d "$(DESTDIR)$$directory"; done
	install -m 755 $(BUILD)/emnist $(DESTDIR)$(bindir)/emnist
	install -m 644 $(HEADERS) $(DESTDIR)$(includedir)
	install -m 644 $(BUILD)/libemnist.a $(DESTDIR)$(libdir)/libemnist.a
	install -m 755 $(BUILD)/libemnist.so.$(VERSION) $(DESTDIR)$(libdir)/libemnist.so.$(VERSION)
	ln -sf libemnist.so.$(VERSION) $(DESTDIR)$(libdir)/libemnist.so.$(SOVERSION)
	ln -sf libemnist.so.$(VERSION) $(DESTDIR)$(libdir)/libemnist.so
	install -m 644 $(BUILD)/emnist.pc $(DESTDIR)$(libdir)/pkgconfig/emnist.pc
	install -m 644 $(filter %.1,$(PAGES:%=$(BUILD)/%)) $(DESTDIR)$(mandir)/man1
	install -m 644 $(filter %.3,$(PAGES:%=$(BUILD)/%)) $(DESTDIR)$(mandir)/man3
	install -m 644 $(filter %.5,$(PAGES:%=$(BUILD)/%)) $(DESTDIR)$(mandir)/man5
	install -m 644 $(filter %.7,$(PAGES:%=$(BUILD)/%)) $(DESTDIR)$(mandir)/man7
	install -m 644 $(DOCS) $(DESTDIR)$(docdir)
	install -m 644 $(RECIPES) $(DESTDIR)$(docdir)/examples/scale
	install -m 644 cli/completions/emnist.bash $(DESTDIR)$(bashdir)/emnist
	install -m 644 cli/completions/emnist.zsh $(DESTDIR)$(zshdir)/_emnist
	install -m 644 cli/completions/emnist.fish $(DESTDIR)$(fishdir)/emnist.fish
	@[ -n '$(DESTDIR)' ] || sh lib/tool/settle_loader.sh '$(libdir)'

uninstall: ## remove what install put there
	rm -f $(DESTDIR)$(bindir)/emnist $(HEADERS:lib/%=$(DESTDIR)$(includedir)/%) \
		$(patsubst %,$(DESTDIR)$(libdir)/libemnist.%,a so so.$(SOVERSION) so.$(VERSION)) \
		$(DESTDIR)$(libdir)/pkgconfig/emnist.pc \
		$(patsubst man/%,$(DESTDIR)$(mandir)/man1/%,$(filter %.1,$(PAGES))) \
		$(patsubst man/%,$(DESTDIR)$(mandir)/man3/%,$(filter %.3,$(PAGES))) \
		$(patsubst man/%,$(DESTDIR)$(mandir)/man5/%,$(filter %.5,$(PAGES))) \
		$(patsubst man/%,$(DESTDIR)$(mandir)/man7/%,$(filter %.7,$(PAGES))) \
		$(RECIPES:cli/scale/%=$(DESTDIR)$(docdir)/examples/scale/%) \
		$(DOCS:%=$(DESTDIR)$(docdir)/%) $(DESTDIR)$(bashdir)/emnist $(DESTDIR)$(zshdir)/_emnist \
		$(DESTDIR)$(fishdir)/emnist.fish
	-rmdir $(DESTDIR)$(docdir)/examples/scale $(DESTDIR)$(docdir)/examples $(DESTDIR)$(docdir)

GENERATED := $(BUILD)/lib/builtin/default.panels $(PROTO:%=$(BUILD)/proto/%.pb-c.c)
dist: $(GENERATED) ## pack the sources of the last commit, with the files that are generated
	@BUILD='$(BUILD)' sh lib/tool/dist.sh $(VERSION)

deb: $(GENERATED) ## Debian packages of the last commit, in BUILD/deb
	@BUILD='$(BUILD)' sh lib/tool/deb.sh $(VERSION) $(SOVERSION)

check-deb: all ## use those packages in a new system; as root, needs debootstrap
	@BUILD='$(BUILD)' sh lib/tool/check_deb.sh $(VERSION) $(SOVERSION)

clean: ## remove everything that was built
	rm -rf build

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1	\2/p' Makefile | while IFS='	' read -r target text; do \
		printf '  %-18s %s\n' "$$target" "$$text"; done

.PHONY: always all objects strict deps deps-check demo check check-built check-peers check-asan check-ubsan \
	check-tsan check-tsan-built check-flags fuzz $(FUZZERS) instructions symbols format bench bench-train \
	bench-scale bench-serve bench-distortions bench-people default-model wheel install uninstall dist clean \
	help check-units check-programs deb check-deb static check-systems check-cross
.SECONDARY:

-include $(wildcard $(BUILD)/lib/*/*.d $(BUILD)/cli/*.d $(BUILD)/cli/*/*.d $(BUILD)/cli/*/*/*.d)
