/* The one declaration QuickJS takes from <malloc.h>; the function itself is in the libc that Rust links. */
#pragma once
#include <stddef.h>
size_t malloc_usable_size(void *);
