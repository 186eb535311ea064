// Functions in .preinit_array run before the constructors of libraries, among them libgomp's,
// which reads the environment, and libtorch's, which take most of the time of its loading.
// Only programs may have them: a shared library with this file does not link.
#include <stddef.h>
#include <string.h>
#include <unistd.h>

// How often a thread looks for work before it sleeps, where libgomp's default is 300,000:
// docs/performance.md has the measurements.
#define SPINS "GOMP_SPINCOUNT=100000"

static int has(char **env, const char *name) {
	size_t n = strlen(name);
	for (; *env != NULL; env++) {
		if (strncmp(*env, name, n) == 0 && (*env)[n] == '=' && (*env)[n + 1] != '\0') return 1;
	}
	return 0;
}

// Whether a launcher has started several processes (torch/distributed/rendezvous).
static int several(char **env) {
	return has(env, "WORLD_SIZE") || has(env, "SLURM_STEP_NUM_TASKS") || has(env, "OMPI_COMM_WORLD_SIZE") || has(env, "PMI_SIZE") || has(env, "PET_NNODES");
}

// The process starts again with the variable, unless the environment says how to wait. Where
// that is not allowed, threads spin.
static void short_spin(int argc, char **argv, char **env) {
	(void)argc;
	if (has(env, "OMP_WAIT_POLICY") || has(env, "GOMP_SPINCOUNT")) return;
	char self[4096];
	ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
	if (n <= 0) return;
	self[n] = '\0';
	size_t count = 0;
	while (env[count] != NULL) count++;
	if (count > 8192) return;
	char *with[count + 3];
	size_t to = 0;
	for (size_t i = 0; i < count; i++) { // an empty one would be found first
		if (strncmp(env[i], "GOMP_SPINCOUNT=", 15) != 0) with[to++] = env[i];
	}
	with[to++] = SPINS;
	// c10d warns, with C++ stacks, of lost connections, which are reported anyway. It reads its
	// variable among libtorch's constructors.
	if (!has(env, "TORCH_CPP_LOG_LEVEL") && several(env)) with[to++] = "TORCH_CPP_LOG_LEVEL=ERROR";
	with[to] = NULL;
	execve(self, argv, with);
}

__attribute__((section(".preinit_array"), used)) static void (*const before_libraries)(int, char **, char **) = short_spin;
