/* Read before each C file of QuickJS. Where __wasi__ is defined, QuickJS keeps no account of its stack: a function that calls itself
   without end then ends the whole instance, where JavaScript promises a RangeError that can be caught. So everything that differs on
   WASI for a reason (headers, threads) is read first, and after that it no longer looks like WASI. */
#pragma once
#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>
#include "cutils.h"
#undef __wasi__
/* There are no threads that atomics would be for. */
#define __STDC_NO_ATOMICS__ 1
