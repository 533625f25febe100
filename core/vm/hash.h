#pragma once
// Hashes of dict keys: multiply-mixed, because identity hashing collapses on strides. After wyhash (public domain).

#include <cstdint>
#include <string_view>

#include "core/vm/string.h"
#include "core/vm/value.h"

namespace ruff::vm {

/// The two halves of a 128-bit product, folded.
[[nodiscard]] constexpr std::uint64_t hash_fold(std::uint64_t a, std::uint64_t b) {
    const auto product = static_cast<unsigned __int128>(a) * b;
    return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}
[[nodiscard]] constexpr std::uint32_t hash_word(std::uint64_t word) {
    const std::uint64_t mixed = hash_fold(word ^ 0xa0761d6478bd642full, 0xe7037ed1a0b428dbull);
    return static_cast<std::uint32_t>(mixed ^ (mixed >> 32));
}
[[nodiscard]] constexpr std::uint32_t hash_combine(std::uint64_t state, std::uint32_t hash) {
    return hash_word(state * 0x9e3779b97f4a7c15ull + hash);
}

[[nodiscard]] std::uint32_t hash_key_slow(const Value& key);
/// The hash of a permitted key: equal keys have equal hashes, also 1 and 1.0.
[[nodiscard]] inline std::uint32_t hash_key(const Value& key) {
    if (key.is_string()) return string_hash(key.as_string());
    if (key.is_int()) return hash_word(static_cast<std::uint64_t>(key.as_int()));
    return hash_key_slow(key);
}

}  // namespace ruff::vm
