/*
 * replay.c - runs a fuzz target over its named corpus, without any fuzzer.
 *
 * A target's corpus is lib/fuzz/corpus/NAME for lib/fuzz/fuzz_NAME.c. Each file is one test: it
 * passes when the target returns. Prints TAP.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t nbytes);

/* The bytes of a file in memory of exactly their number, so that a read beyond shows. */
static uint8_t *read_exactly(const char *path, size_t *nbytes_ret)
{
	FILE *file = fopen(path, "rb");
	uint8_t *bytes = NULL;
	long nbytes;

	if (!file)
		return NULL;
	if (fseek(file, 0, SEEK_END) == 0 && (nbytes = ftell(file)) >= 0) {
		rewind(file);
		bytes = malloc(nbytes ? (size_t)nbytes : 1);
		*nbytes_ret = (size_t)nbytes;
		if (bytes && fread(bytes, 1, *nbytes_ret, file) != *nbytes_ret) {
			free(bytes);
			bytes = NULL;
		}
	}
	fclose(file);
	return bytes;
}

static int not_hidden(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

int main(int argc, char **argv)
{
	const char *name = strrchr(argv[0], '/');
	char folder[512], path[1024];
	struct dirent **entries;
	int n_failed = 0;
	int n_entries;

	name = name ? name + 1 : argv[0];
	if (strncmp(name, "fuzz_", 5) == 0)
		name += 5;
	snprintf(folder, sizeof(folder), "lib/fuzz/corpus/%s", name);
	n_entries = scandir(argc > 1 ? argv[1] : folder, &entries, not_hidden, alphasort);
	if (n_entries <= 0) {
		printf("not ok 1 - %s has no corpus in %s\n", name, folder);
		return 1;
	}
	for (int i = 0; i < n_entries; i++) {
		size_t nbytes;
		uint8_t *bytes;

		snprintf(path, sizeof(path), "%s/%s", argc > 1 ? argv[1] : folder,
			 entries[i]->d_name);
		bytes = read_exactly(path, &nbytes);
		if (bytes)
			LLVMFuzzerTestOneInput(bytes, nbytes);
		else
			n_failed++;
		printf("%s %d - %s\n", bytes ? "ok" : "not ok", i + 1, path);
		fflush(stdout);
		free(bytes);
		free(entries[i]);
	}
	free(entries);
	printf("1..%d\n", n_entries);
	return n_failed > 0;
}
