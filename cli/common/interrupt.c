/* interrupt.c - signals that wait until work is saved, or that remove temporary files first. */
#include "interrupt.h"

#include <signal.h>
#include <stdatomic.h>
#include <unistd.h>

/* More files than any command writes at once. */
#define MAX_REMOVED 8

static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
static const char *_Atomic removed[MAX_REMOVED];

static atomic_int number_that_came;

static void note(int number)
{
	atomic_store(&number_that_came, number);
}

void interrupt_catch(void)
{
	struct sigaction action = {.sa_handler = note, .sa_flags = (int)SA_RESETHAND | SA_RESTART};
	struct sigaction before;

	sigemptyset(&action.sa_mask);
	/* A signal that is ignored, as under nohup, stays ignored. */
	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++)
		if (sigaction(numbers[i], NULL, &before) == 0 && before.sa_handler != SIG_IGN)
			sigaction(numbers[i], &action, NULL);
}

bool interrupt_came(void)
{
	return atomic_load(&number_that_came) != 0;
}

void interrupt_obey(void)
{
	const int number = atomic_load(&number_that_came);

	if (!number)
		return;
	signal(number, SIG_DFL);
	raise(number);
}

void interrupt_end(int number)
{
	for (size_t i = 0; i < MAX_REMOVED; i++) {
		const char *path = atomic_load(&removed[i]);

		if (path)
			unlink(path);
	}
	signal(number, SIG_DFL);
	raise(number);
}

void interrupt_remove(const char *path)
{
	const struct sigaction action = {.sa_handler = interrupt_end};
	struct sigaction before;
	size_t i = 0;

	for (const char *none = NULL;
	     i < MAX_REMOVED && !atomic_compare_exchange_strong(&removed[i], &none, path); i++)
		none = NULL;
	/* Not where the command has a handler of its own, or the signal is ignored. */
	for (i = 0; i < sizeof(numbers) / sizeof(*numbers); i++)
		if (sigaction(numbers[i], NULL, &before) == 0 && before.sa_handler == SIG_DFL)
			sigaction(numbers[i], &action, NULL);
}

void interrupt_keep(const char *path)
{
	for (size_t i = 0; i < MAX_REMOVED; i++)
		if (atomic_load(&removed[i]) == path)
			atomic_store(&removed[i], NULL);
}
