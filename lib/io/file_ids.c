/* file_ids.c - a set of files by device and inode number, sorted at the first look-up. */
#include "file_ids.h"

#include <string.h>
#include <sys/stat.h>

struct file_id {
	dev_t dev;
	ino_t ino;
};

static bool find_id(const char *path, struct file_id *id_ret)
{
	struct stat st;

	if (stat(path, &st) < 0 || !S_ISREG(st.st_mode))
		return false;
	*id_ret = (struct file_id){st.st_dev, st.st_ino};
	return true;
}

static int compare(const void *a, const void *b)
{
	const struct file_id *left = a, *right = b;

	if (left->dev != right->dev)
		return left->dev < right->dev ? -1 : 1;
	return (left->ino > right->ino) - (left->ino < right->ino);
}

bool file_ids_add(struct file_ids *set, const char *path)
{
	struct buffer *ids = &set->ids;
	struct file_id id;

	if (!find_id(path, &id))
		return true;
	if (!buffer_reserve(ids, ids->nbytes + sizeof(id)))
		return false;
	memcpy(ids->data + ids->nbytes, &id, sizeof(id));
	ids->nbytes += sizeof(id);
	set->sorted = false;
	return true;
}

bool file_ids_have(struct file_ids *set, const char *path)
{
	const size_t n = set->ids.nbytes / sizeof(struct file_id);
	struct file_id id;

	if (!n || !find_id(path, &id))
		return false;
	if (!set->sorted)
		qsort(set->ids.data, n, sizeof(id), compare);
	set->sorted = true;
	return bsearch(&id, set->ids.data, n, sizeof(id), compare) != NULL;
}

void file_ids_clear(struct file_ids *set)
{
	buffer_clear(&set->ids);
}
