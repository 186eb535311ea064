// Functions in .preinit_array run before the constructors of libraries. Only programs may
// have them: a shared library with this file does not link.
#include <errno.h>
#include <string.h>
#include <unistd.h>

static void check(int argc, char **argv, char **env) {
	(void)env;
	char path[4096];
	if (getcwd(path, sizeof path) != NULL || errno != ENOENT) return;
	const char *name = argc > 0 ? argv[0] : "bcl", *slash = strrchr(name, '/');
	const char *parts[] = {slash != NULL ? slash + 1 : name, ": the working directory is gone: cd to another folder\n"};
	for (int i = 0; i < 2; i++) {
		if (write(STDERR_FILENO, parts[i], strlen(parts[i])) < 0) break;
	}
	_exit(1);
}

__attribute__((section(".preinit_array"), used)) static void (*const before_libraries)(int, char **, char **) = check;
