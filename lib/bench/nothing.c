/*
 * nothing.c - a program that does nothing: what it takes from exec to exit, no program that is
 * linked to the same libraries takes less; linked to none, no program at all.
 */
int main(void)
{
	return 0;
}
