/* Stands in for numba's runtime, and for what compiled code expects of a machine: memory is taken
   from the end and given back all at once, so nothing is counted and nothing is freed. */
typedef unsigned long long u64;
typedef unsigned int u32;

extern unsigned char __heap_base;
static u32 top = 0;

static void *take(u64 bytes) {
  if (!top) top = ((u32)&__heap_base + 63) & ~63u;
  u64 end = (top + bytes + 63) & ~63ull, have = (u64)__builtin_wasm_memory_size(0) << 16;
  if (bytes > 0xffff0000ull || end > 0xffff0000ull ||
      (end > have && __builtin_wasm_memory_grow(0, (end - have + 65535) >> 16) == (__SIZE_TYPE__)-1))
    __builtin_trap(); /* engine.js says so in words */
  void *place = (void *)top;
  top = (u32)end;
  return place;
}
void *alloc(u32 bytes) { return take(bytes); }
/* Gives back all that was taken since `alloc(0)` returned `place`. */
void reset(u32 place) { top = place; }

struct info { u64 references; u32 destructor, of_it, data, unused; u64 size; };
void *NRT_MemInfo_alloc_aligned(u64 size, u32 align) {
  (void)align;
  struct info *made = take(sizeof(*made) + 64);
  made->references = 1;
  made->data = (u32)take(size);
  made->size = size;
  return made;
}
void *NRT_MemInfo_alloc(u64 size) { return NRT_MemInfo_alloc_aligned(size, 64); }
void *NRT_MemInfo_new_varsize_dtor(u64 size, void *p) {
  (void)p;
  return NRT_MemInfo_alloc_aligned(size, 64);
}
void *NRT_MemInfo_varsize_realloc(struct info *of, u64 size) {
  void *place = take(size);
  __builtin_memcpy(place, (void *)of->data, (u32)(of->size < size ? of->size : size));
  of->data = (u32)place;
  of->size = size;
  return place;
}
void *NRT_Allocate(u64 size) { return take(size); }
void NRT_Free(void *p) { (void)p; }
void NRT_incref(void *p) { (void)p; }
void NRT_decref(void *p) { (void)p; }
void NRT_MemInfo_call_dtor(void *p) { (void)p; }

/* Only of what lies in memory one after the other, as one row. */
int numba_attempt_nocopy_reshape(u64 dimensions, u64 *sizes, u64 *strides, u64 new_dimensions,
                                 u64 *new_sizes, u64 *new_strides, u64 item, int fortran) {
  (void)dimensions, (void)sizes, (void)strides, (void)new_sizes, (void)fortran;
  if (new_dimensions != 1) __builtin_trap();
  new_strides[0] = item;
  return 1;
}

/* Of Python, which is called to say what went wrong in the code. Nothing does (the tests), and if
   something did, the page says that it is a fault of the program. */
void *PyExc_RuntimeError = 0;
double log10(double x) { (void)x; __builtin_trap(); }
void PyErr_SetString(void *kind, void *text) { (void)kind, (void)text; __builtin_trap(); }

/* The product of two numbers of 128 bits, as in compiler-rt: the result through a pointer. */
struct wide { u64 low, high; };
void __multi3(struct wide *r, u64 a, u64 a_high, u64 b, u64 b_high) {
  u64 a0 = a & 0xffffffff, a1 = a >> 32, b0 = b & 0xffffffff, b1 = b >> 32;
  u64 p00 = a0 * b0, p01 = a0 * b1, p10 = a1 * b0, p11 = a1 * b1;
  u64 middle = (p00 >> 32) + (p01 & 0xffffffff) + (p10 & 0xffffffff);
  r->low = (p00 & 0xffffffff) | (middle << 32);
  r->high = p11 + (p01 >> 32) + (p10 >> 32) + (middle >> 32) + a * b_high + a_high * b;
}
