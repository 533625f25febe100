#include "core/config/editorconfig.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "core/support/source_file.h"

namespace ruff::config {
namespace {

// ---- Globs ---------------------------------------------------------------------------------------------------

/// The places in a text that what was read of a glob can have come to: `places[i]` for in front of `text[i]`.
using Places = std::vector<bool>;

/// Where the `]` or `}` is that ends what begins at `open`, or npos. Braces nest.
std::size_t closing_of(std::string_view glob, std::size_t open) {
    int depth = 0;
    for (std::size_t i = open; i < glob.size(); ++i) {
        if (glob[i] == '\\') ++i;
        else if (glob[open] == '[' && glob[i] == ']') return i;
        else if (glob[open] == '{' && glob[i] == '{') ++depth;
        else if (glob[open] == '{' && glob[i] == '}' && --depth == 0) return i;
    }
    return std::string_view::npos;
}

/// `a,{b,c},d` at its outer commas.
std::vector<std::string_view> alternatives_of(std::string_view inner) {
    std::vector<std::string_view> parts;
    std::size_t begin = 0;
    int depth = 0;
    for (std::size_t i = 0; i < inner.size(); ++i) {
        if (inner[i] == '\\') ++i;
        else if (inner[i] == '{') ++depth;
        else if (inner[i] == '}') --depth;
        else if (inner[i] == ',' && depth == 0) parts.push_back(inner.substr(begin, i - begin)), begin = i + 1;
    }
    parts.push_back(inner.substr(begin));
    return parts;
}

std::optional<int> number_of(std::string_view text) {
    int number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return number;
}

/// `3..12`
std::optional<std::pair<int, int>> number_range_of(std::string_view inner) {
    const std::size_t dots = inner.find("..");
    if (dots == std::string_view::npos) return std::nullopt;
    const auto low = number_of(inner.substr(0, dots)), high = number_of(inner.substr(dots + 2));
    if (!low || !high) return std::nullopt;
    return std::pair(*low, *high);
}

Places past_number(const Places& from, std::string_view text, std::pair<int, int> range) {
    constexpr std::size_t kMostSigns = 11;
    Places to(from.size(), false);
    for (std::size_t i = 0; i < text.size(); ++i) {
        for (std::size_t end = i + 1; from[i] && end <= std::min(text.size(), i + kMostSigns); ++end) {
            const auto number = number_of(text.substr(i, end - i));
            if (number && range.first <= *number && *number <= range.second) to[end] = true;
        }
    }
    return to;
}

Places past_stars(Places places, std::string_view text, bool passes_slashes) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (places[i] && (passes_slashes || text[i] != '/')) places[i + 1] = true;
    }
    return places;
}

template <class Matches>
Places past_one(const Places& from, std::string_view text, Matches matches) {
    Places to(from.size(), false);
    for (std::size_t i = 0; i < text.size(); ++i) to[i + 1] = from[i] && matches(text[i]);
    return to;
}

/// `abc`, `!abc`, `a-z`
bool is_in_set(std::string_view set, char c) {
    const bool is_negated = set.starts_with('!');
    if (is_negated) set.remove_prefix(1);
    bool is_in = false;
    for (std::size_t i = 0; i < set.size(); ++i) {
        if (i + 2 < set.size() && set[i + 1] == '-') {
            is_in = is_in || (set[i] <= c && c <= set[i + 2]);
            i += 2;
        } else {
            is_in = is_in || set[i] == c;
        }
    }
    return is_in != is_negated && c != '/';
}

/// All places at once, so that no choice is ever taken back.
Places past(std::string_view glob, std::string_view text, Places places) {
    for (std::size_t i = 0; i < glob.size(); ++i) {
        const char c = glob[i];
        const std::size_t closing = c == '[' || c == '{' ? closing_of(glob, i) : std::string_view::npos;
        if (c == '*') {
            const bool is_double = i + 1 < glob.size() && glob[i + 1] == '*';
            places = past_stars(std::move(places), text, is_double);
            i += is_double ? 1 : 0;
        } else if (c == '?') {
            places = past_one(places, text, [](char sign) { return sign != '/'; });
        } else if (closing == std::string_view::npos) {
            const char sign = c == '\\' && i + 1 < glob.size() ? glob[++i] : c;
            places = past_one(places, text, [sign](char other) { return other == sign; });
        } else {
            const std::string_view inner = glob.substr(i + 1, closing - i - 1);
            i = closing;
            if (c == '[') {
                places = past_one(places, text, [inner](char sign) { return is_in_set(inner, sign); });
            } else if (const auto range = number_range_of(inner)) {
                places = past_number(places, text, *range);
            } else {
                Places joined(places.size(), false);
                for (const std::string_view alternative : alternatives_of(inner)) {
                    const Places one = past(alternative, text, places);
                    for (std::size_t at = 0; at < one.size(); ++at) joined[at] = joined[at] || one[at];
                }
                places = std::move(joined);
            }
        }
    }
    return places;
}

// ---- Files ---------------------------------------------------------------------------------------------------

std::string_view trimmed(std::string_view text) {
    const std::size_t begin = text.find_first_not_of(" \t\r");
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(" \t\r") - begin + 1);
}

std::string lower_case(std::string_view text) {
    std::string lower(text);
    for (char& c : lower) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return lower;
}

std::optional<std::uint32_t> number_between(std::string_view text, std::uint32_t least, std::uint32_t most) {
    const auto number = number_of(text);
    if (!number || *number < static_cast<int>(least) || *number > static_cast<int>(most)) return std::nullopt;
    return static_cast<std::uint32_t>(*number);
}

}  // namespace

bool matches_editorconfig_glob(std::string_view glob, std::string_view path) {
    if (glob.find('/') == std::string_view::npos) path = path.substr(path.rfind('/') + 1);
    else if (glob.starts_with('/')) glob.remove_prefix(1);
    Places places(path.size() + 1, false);
    places[0] = true;
    return past(glob, path, std::move(places)).back();
}

EditorConfigs::File EditorConfigs::read(std::string_view text) {
    File file;
    file.is_there = true;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        const std::string_view line = trimmed(text.substr(0, end));
        text.remove_prefix(std::min(text.size(), end + 1));
        if (line.empty() || line[0] == '#' || line[0] == ';') continue;
        if (line.front() == '[' && line.back() == ']') {
            file.sections.push_back({std::string(line.substr(1, line.size() - 2)), {}});
            continue;
        }
        const std::size_t equals = line.find('=');
        if (equals == std::string_view::npos) continue;
        Property property{lower_case(trimmed(line.substr(0, equals))), lower_case(trimmed(line.substr(equals + 1)))};
        if (!file.sections.empty()) file.sections.back().properties.push_back(std::move(property));
        else if (property.name == "root") file.is_root = property.value == "true";
    }
    return file;
}

const EditorConfigs::File& EditorConfigs::file_in(const std::string& folder) {
    const auto [entry, is_new] = files_.try_emplace(folder);
    if (is_new) {
        if (const auto source = load_source(folder + "/.editorconfig")) entry->second = read((*source)->text());
    }
    return entry->second;
}

FormatConfig EditorConfigs::format_of(const std::string& path) {
    // From the outermost file in, so that the nearer says the last word.
    std::vector<std::pair<const File*, std::size_t>> files;  // with the length of their folder
    for (std::size_t slash = path.rfind('/'); slash != std::string::npos; slash = path.rfind('/', slash - 1)) {
        const File& file = file_in(path.substr(0, slash));
        if (file.is_there) files.emplace_back(&file, slash);
        if (file.is_root || slash == 0) break;
    }
    std::map<std::string, std::string> values;
    for (auto file = files.rbegin(); file != files.rend(); ++file) {
        for (const Section& section : file->first->sections) {
            if (!matches_editorconfig_glob(section.glob, std::string_view(path).substr(file->second + 1))) continue;
            for (const Property& property : section.properties) values[property.name] = property.value;
        }
    }
    FormatConfig format;
    const bool is_tab_width = values["indent_size"] == "tab";
    format.indent = number_between(values[is_tab_width ? "tab_width" : "indent_size"], kLeastIndent, kMostIndent);
    format.line_width = number_between(values["max_line_length"], kLeastLineWidth, kMostLineWidth);
    return format;
}

}  // namespace ruff::config
