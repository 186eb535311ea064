// What the CUDA library (shim.cc) exports to cuda.cc: a table of functions, each
// returning NULL or a malloc'ed message.
#ifndef BCL_CUDA_SHIM_H_
#define BCL_CUDA_SHIM_H_

#include <stdint.h>

// Incremented whenever the table changes.
#define BCL_CUDA_VERSION 2

extern "C" {
struct bcl_cuda_functions {
  int32_t version;
  char* (*device_count)(int32_t* n);
  char* (*device_name)(int32_t device, char** out);
  char* (*synchronize)(int32_t device);
  char* (*empty_cache)();
  char* (*memory)(int32_t device, int64_t* allocated, int64_t* peak, int64_t* reserved);
  char* (*use_device)(int32_t device);
  char* (*capability)(int32_t device, int32_t* major, int32_t* minor);
};
const bcl_cuda_functions* bcl_cuda_entry();
}
#endif
