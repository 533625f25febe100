#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/support/source_file.h"
#include "core/support/span.h"

namespace ruff::config {

enum class TomlKind : std::uint8_t { Table, Array, String, Integer, Other };

/// "a table", "an array", … for messages.
[[nodiscard]] std::string_view kind_name(TomlKind kind);

/// A value of a TOML file, with its place. Floats, booleans, dates and arrays of tables are `Other`, checked only for
/// their shape: no key of ours takes them.
struct TomlValue {
    TomlKind kind = TomlKind::Table;
    Span span;                     // of a table with a header: the header
    std::string text;              // String
    std::int64_t integer = 0;      // Integer
    std::vector<TomlValue> items;  // the values of a Table or an Array, in the order of the file
    std::string key;               // in a Table
    Span key_span;
    bool is_open = false;          // a Table that a header or a dotted key may still add to
};

struct TomlError {
    std::string message;
    Span span;
};

struct TomlFile {
    TomlValue root;
    std::vector<TomlError> errors;  // in the order of the file
};

/// Reads TOML 1.0 (https://toml.io/en/v1.0.0). A mistake costs the rest of its line; any bytes give a file.
[[nodiscard]] TomlFile read_toml(const SourceFile& source);

}  // namespace ruff::config
