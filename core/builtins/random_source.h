#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace ruff::builtins {

/// Numbers for simulations, games and shuffling: xoshiro256** (Blackman and Vigna), seeded from the system or
/// by hand. One a thread.
class RandomSource {
  public:
    [[nodiscard]] static RandomSource& of_thread();

    void seed(std::uint64_t seed);
    void seed_from_system();

    [[nodiscard]] std::uint64_t next();
    /// At least 0, less than 1; 53 random bits.
    [[nodiscard]] double next_unit();
    /// Without bias (Lemire 2019): at least 0, less than `bound`; 0 stands for 2^64.
    [[nodiscard]] std::uint64_t below(std::uint64_t bound);

  private:
    std::uint64_t state_[4] = {};
    bool is_seeded_ = false;
};

/// Fills `bytes` from the system's generator, fit for secrets. False if the system has none to give.
[[nodiscard]] bool fill_from_system(std::span<unsigned char> bytes);

/// Version 4 of RFC 9562 from 16 random bytes.
[[nodiscard]] std::string uuid_from(std::span<const unsigned char, 16> bytes);

}  // namespace ruff::builtins
