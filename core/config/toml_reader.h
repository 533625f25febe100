#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/support/source_file.h"
#include "core/support/span.h"

namespace ruff::config {

enum class TomlKind : std::uint8_t { Table, Array, String, Integer, Other };

/// "a table", "an array", … for messages.
[[nodiscard]] std::string_view kind_name(TomlKind kind);

/// A value of a TOML file, with its place. Numbers other than integers, booleans and dates are only `Other`: no key of
/// ours takes them.
struct TomlValue {
    TomlKind kind = TomlKind::Table;
    Span span;
    std::string text;            // String
    std::int64_t integer = 0;    // Integer
    std::vector<TomlValue> items;  // the values of a Table or an Array, in the order of the file
    std::string key;             // in a Table
    Span key_span;
};

struct TomlError {
    std::string message;
    Span span;
};

struct TomlFile {
    TomlValue root;
    std::optional<TomlError> error;  // then `root` is empty
};

/// The only door to toml++ (Debian's libtomlplusplus-dev).
[[nodiscard]] TomlFile read_toml(const SourceFile& source);

}  // namespace ruff::config
