// The passes of batch norm by the GPU's kernels, run on the CPU. Type is 0 for float, 1 for
// bfloat16, whose bits are given. Arrays that are not wanted are null.
#ifndef BCL_EMULATE_H_
#define BCL_EMULATE_H_

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// forward makes y and lines (2 x channels), and moves the running statistics.
void bt_emulate_forward(int type, int64_t rows, int64_t channels, int relu, float eps, float momentum, const void* x, const void* shortcut,
                        const float* mean, const float* invstd, const float* weight, const float* bias, float* running_mean,
                        float* running_var, float* lines, void* y);

// backward makes dx, dsum, dweight and dbias.
void bt_emulate_backward(int type, int64_t rows, int64_t channels, int relu, const void* x, const void* y, const void* dy, const float* mean,
                         const float* invstd, const float* weight, const float* lines, void* dsum, void* dx, float* dweight, float* dbias);

#ifdef __cplusplus
}
#endif
#endif
