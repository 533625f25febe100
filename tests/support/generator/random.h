#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace ruff::tests {

/// SplitMix64 (Steele, Lea, Flood 2014): the same numbers from the same seed on every machine.
class Random {
public:
    explicit Random(std::uint64_t seed) : state_(seed) {}

    std::uint64_t next() {
        state_ += 0x9e3779b97f4a7c15;
        std::uint64_t z = state_;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        return z ^ (z >> 31);
    }
    /// From 0 to `bound` - 1; 0 for a bound of 0.
    std::uint64_t below(std::uint64_t bound) { return bound ? next() % bound : 0; }
    int between(int least, int most) { return least + static_cast<int>(below(static_cast<std::uint64_t>(most - least + 1))); }
    bool percent(unsigned chance) { return below(100) < chance; }
    template <class T>
    const T& pick(std::span<const T> items) {
        return items[below(items.size())];
    }
    template <class T, std::size_t N>
    const T& pick(const T (&items)[N]) {
        return items[below(N)];
    }

private:
    std::uint64_t state_;
};

}  // namespace ruff::tests
