/*
 * file_stamp.c - numbers that change when files do.
 *
 * A stamp is a sum over the files, so their order does not matter. It takes names, identities,
 * sizes and times, not contents: looking must cost little. The time of the last change of the inode
 * is there since the other can be set back, as `cp -p` does.
 */
#include "file_stamp.h"
#include "../../../lib/io/path.h"

#include <dirent.h>
#include <emnist_origin.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Of a tree; what lies deeper or beyond does not count. */
#define MAX_DEPTH 4
#define MAX_FILES 4096

/* A step of splitmix64. */
static uint64_t mix(uint64_t state, uint64_t value)
{
	state = (state ^ value) + UINT64_C(0x9e3779b97f4a7c15);
	state = (state ^ state >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	state = (state ^ state >> 27) * UINT64_C(0x94d049bb133111eb);
	return state ^ state >> 31;
}

static uint64_t mix_text(uint64_t state, const char *text)
{
	for (; *text; text++)
		state = mix(state, (unsigned char)*text);
	return state;
}

static uint64_t stamp_file(uint64_t name, const struct stat *st)
{
	const uint64_t parts[] = {
		(uint64_t)st->st_dev,          (uint64_t)st->st_ino,
		(uint64_t)st->st_size,         (uint64_t)st->st_mtim.tv_sec,
		(uint64_t)st->st_mtim.tv_nsec, (uint64_t)st->st_ctim.tv_sec,
		(uint64_t)st->st_ctim.tv_nsec,
	};
	uint64_t state = name;

	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++)
		state = mix(state, parts[i]);
	return state;
}

static uint64_t stamp_below(const char *path, uint64_t name, unsigned depth, size_t *n_left)
{
	uint64_t sum = mix(name, depth);
	const struct dirent *entry;
	struct stat st;
	DIR *directory;

	if (*n_left == 0 || stat(path, &st) < 0)
		return 0;
	--*n_left;
	if (!S_ISDIR(st.st_mode))
		return stamp_file(name, &st);
	directory = depth < MAX_DEPTH ? opendir(path) : NULL;
	while (directory && (entry = readdir(directory))) {
		char *child;

		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		child = path_join(path, entry->d_name);
		if (child)
			sum += stamp_below(child, mix_text(name, entry->d_name), depth + 1, n_left);
		free(child);
	}
	if (directory)
		closedir(directory);
	return sum;
}

uint64_t stamp_files(const char *path)
{
	size_t n_left = MAX_FILES;

	return stamp_below(path, 0, 0, &n_left);
}

uint64_t stamp_model(const char *path, const struct emnist_model *model)
{
	const struct emnist_origin *origin = emnist_model_origin(model);
	struct stat st;
	const bool is_directory = stat(path, &st) == 0 && S_ISDIR(st.st_mode);
	char *folder = is_directory ? strdup(path) : path_folder(path);
	uint64_t sum = 0;

	for (size_t i = 0; folder && origin && i < origin->n_files; i++) {
		const char *name = origin->files[i].name;
		char *file = name ? path_join(folder, name) : strdup(path);

		if (file && stat(file, &st) == 0)
			sum += stamp_file(mix(0, i), &st);
		free(file);
	}
	free(folder);
	return sum;
}
