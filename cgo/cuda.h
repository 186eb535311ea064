// The functions of the CUDA half, for the files that call them.
#ifndef BCL_CUDA_H_
#define BCL_CUDA_H_

#include "cuda/shim.h"

namespace bcl {

// cuda throws unless CUDA is open.
const bcl_cuda_functions& cuda();

// check throws an error of the CUDA half, whose messages are malloc'ed too.
void check(char* error);

}  // namespace bcl
#endif
