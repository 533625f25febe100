#include "core/config/toml_reader.h"

#define TOML_EXCEPTIONS 0
#define TOML_HEADER_ONLY 1
#define TOML_ENABLE_FORMATTERS 0
#include <toml++/toml.h>

#include <algorithm>

namespace ruff::config {
namespace {

// toml++ counts lines and columns from 1, columns in code points.
std::uint32_t offset_of(const SourceFile& source, const toml::source_position& position) {
    if (position.line == 0) return 0;
    LineColumn place{static_cast<std::uint32_t>(position.line) - 1,
                     position.column ? static_cast<std::uint32_t>(position.column) - 1 : 0};
    return source.lines().offset(place, PositionEncoding::Utf32);
}

Span span_of(const SourceFile& source, const toml::source_region& region) {
    std::uint32_t begin = offset_of(source, region.begin);
    return {begin, std::max(begin, offset_of(source, region.end))};
}

TomlValue convert(const SourceFile& source, const toml::node& node) {
    TomlValue value;
    value.span = span_of(source, node.source());
    if (const toml::table* table = node.as_table()) {
        value.kind = TomlKind::Table;
        for (auto&& [key, item] : *table) {
            TomlValue entry = convert(source, item);
            entry.key = key.str();
            entry.key_span = span_of(source, key.source());
            value.items.push_back(std::move(entry));
        }
        // The table keeps its keys sorted.
        std::ranges::sort(value.items, {}, [](const TomlValue& entry) { return entry.key_span.begin; });
    } else if (const toml::array* array = node.as_array()) {
        value.kind = TomlKind::Array;
        for (auto&& item : *array) value.items.push_back(convert(source, item));
    } else if (const auto* text = node.as_string()) {
        value.kind = TomlKind::String;
        value.text = text->get();
    } else if (const auto* integer = node.as_integer()) {
        value.kind = TomlKind::Integer;
        value.integer = integer->get();
    } else {
        value.kind = TomlKind::Other;
    }
    return value;
}

}  // namespace

std::string_view kind_name(TomlKind kind) {
    switch (kind) {
        case TomlKind::Table: return "a table";
        case TomlKind::Array: return "an array";
        case TomlKind::String: return "a string";
        case TomlKind::Integer: return "an integer";
        case TomlKind::Other: return "a value of another kind";
    }
    return "";
}

TomlFile read_toml(const SourceFile& source) {
    TomlFile file;
    toml::parse_result parsed = toml::parse(source.text(), std::string_view(source.path()));
    if (!parsed) {
        const toml::parse_error& error = parsed.error();
        std::uint32_t begin = offset_of(source, error.source().begin);
        std::uint32_t end = std::min<std::uint32_t>(begin + 1, static_cast<std::uint32_t>(source.text().size()));
        file.error = TomlError{std::string(error.description()), {std::min(begin, end), end}};
        return file;
    }
    file.root = convert(source, parsed.table());
    return file;
}

}  // namespace ruff::config
