// A compiled Python module, `fast.add_one(x)`, as Debian's clang 14 and wasm-ld make it:
//   clang --target=wasm32-unknown-emscripten -fPIC -O2 -c fast.c
//   wasm-ld -shared --experimental-pic --no-entry --export=PyInit_fast --allow-undefined fast.o -o fast.so
// from the following source, which declares of Python.h what it needs.
//
//   typedef struct _object PyObject; typedef int Py_ssize_t;
//   typedef PyObject *(*PyCFunction)(PyObject *, PyObject *);
//   typedef struct { const char *ml_name; PyCFunction ml_meth; int ml_flags; const char *ml_doc; } PyMethodDef;
//   typedef struct { int ob_refcnt; void *ob_type; void *m_init; int m_index; PyObject *m_copy; } Base;
//   typedef struct { Base m_base; const char *m_name; const char *m_doc; Py_ssize_t m_size; PyMethodDef *m_methods; void *slots, *t, *c, *f; } PyModuleDef;
//   extern long PyLong_AsLong(PyObject *); extern PyObject *PyLong_FromLong(long); extern PyObject *PyModule_Create2(PyModuleDef *, int);
//   extern PyObject *PyErr_Occurred(void);
//   static PyObject *add_one(PyObject *self, PyObject *x) { long v = PyLong_AsLong(x); if (v == -1 && PyErr_Occurred()) return 0; return PyLong_FromLong(v + 1); }
//   static PyMethodDef methods[] = {{"add_one", add_one, 8, "x + 1"}, {0, 0, 0, 0}};
//   static PyModuleDef module = {{1}, "fast", 0, -1, methods};
//   __attribute__((visibility("default"))) PyObject *PyInit_fast(void) { return PyModule_Create2(&module, 1013); }
export const FAST_MODULE = Buffer.from(
	[
		"AGFzbQEAAAAAEAhkeWxpbmsuMAEFgAEEAQABEwRgAn9/AX9gAX8Bf2AAAX9gAAACsAEIA2VudgZtZW1vcnkCAAEDZW52GV9f",
		"aW5kaXJlY3RfZnVuY3Rpb25fdGFibGUBcAABA2Vudg1fX21lbW9yeV9iYXNlA38AA2VudgxfX3RhYmxlX2Jhc2UDfwADZW52",
		"EFB5TW9kdWxlX0NyZWF0ZTIAAANlbnYNUHlMb25nX0FzTG9uZwABA2Vudg5QeUVycl9PY2N1cnJlZAACA2Vudg9QeUxvbmdf",
		"RnJvbUxvbmcAAQMFBAMDAgAHDwELUHlJbml0X2Zhc3QABggBBQkHAQAjAQsBBwqdAQQEABAFC0gAIwBBNGojAEEAajYCACMA",
		"QcAAaiMAQeAAajYCACMAQeAAaiMAQQVqNgIAIwBB5ABqIwFBAGo2AgAjAEHsAGojAEENajYCAAsYACOAgICAAEGggICAAGpB",
		"9QcQgICAgAALNAEBfwJAAkAgARCBgICAACICQX9HDQBBACEBEIKAgIAADQELIAJBAWoQg4CAgAAhAQsgAQsLhwEBACMAC4AB",
		"ZmFzdABhZGRfb25lAHggKyAxAAAAAAAAAAAAAAAAAAABAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA/////2AAAAAAAAAA",
		"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAABQAAAAAAAAAIAAAADQAAAAAAAAAAAAAAAAAAAAAAAAAAuAEEbmFtZQGGAQgAEFB5",
		"TW9kdWxlX0NyZWF0ZTIBDVB5TG9uZ19Bc0xvbmcCDlB5RXJyX09jY3VycmVkAw9QeUxvbmdfRnJvbUxvbmcEEV9fd2FzbV9j",
		"YWxsX2N0b3JzBRhfX3dhc21fYXBwbHlfZGF0YV9yZWxvY3MGC1B5SW5pdF9mYXN0BwdhZGRfb25lBx4CAA1fX21lbW9yeV9i",
		"YXNlAQxfX3RhYmxlX2Jhc2UJCAEABS5kYXRhAC0JcHJvZHVjZXJzAQxwcm9jZXNzZWQtYnkBDERlYmlhbiBjbGFuZwYxNC4w",
		"LjYAIg90YXJnZXRfZmVhdHVyZXMBKw9tdXRhYmxlLWdsb2JhbHM=",
	].join(""),
	"base64",
);
