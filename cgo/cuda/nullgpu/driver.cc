// libcuda.so.1 of the null GPU: what is called of the driver directly.
extern "C" {
int cuInit(unsigned) { return 0; }
int cuDriverGetVersion(int* v) {
  *v = 13000;
  return 0;
}
int cuDevicePrimaryCtxGetState(int, unsigned* flags, int* active) {
  *flags = 0;
  *active = 1;
  return 0;
}
int cuCtxGetCurrent(void** context) {
  *context = reinterpret_cast<void*>(16);
  return 0;
}
int cuCtxFromGreenCtx(void**, void*) { return 1; }
int cuGetErrorString(int, const char** text) {
  *text = "error of the null driver";
  return 0;
}
}
