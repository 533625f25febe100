#include <cstdio>

int main() {
    std::puts("ruff (rufflang) " RUFF_VERSION);
    return 0;
}
