// The one unit that compiles Catch2's implementation.
#define CATCH_CONFIG_MAIN
#include "tests/support/catch.h"
