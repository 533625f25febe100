#pragma once
/// The one door to Catch2 (Debian's 2.13): unit tests include this header, so another version changes one file.
#include <catch2/catch.hpp>
