/*
 * interrupt.c - signals that are put off until all is put away.
 */
#include "interrupt.h"

#include <signal.h>
#include <stdatomic.h>

static atomic_int number_that_came;

static void note(int number)
{
	atomic_store(&number_that_came, number);
}

void interrupt_catch(void)
{
	static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
	struct sigaction action = {.sa_handler = note, .sa_flags = (int)SA_RESETHAND | SA_RESTART};
	struct sigaction before;

	sigemptyset(&action.sa_mask);
	/* Who ignores a signal, as nohup does, means it. */
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
