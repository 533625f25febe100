#include "core/support/line_index.h"

#include <algorithm>
#include <cstring>

#include "core/support/utf8.h"

namespace ruff {
namespace {

std::uint32_t units_of(const utf8::Decoded& decoded, PositionEncoding encoding) {
    switch (encoding) {
        case PositionEncoding::Utf8: return decoded.size;
        case PositionEncoding::Utf16: return decoded.code_point >= 0x10000 ? 2 : 1;
        case PositionEncoding::Utf32: return 1;
    }
    return 1;
}

}  // namespace

LineIndex::LineIndex(std::string_view text) : text_(text) {
    starts_.push_back(0);
    const char* begin = text.data();
    const char* end = begin + text.size();
    for (const char* at = begin; at != end;) {
        at = static_cast<const char*>(std::memchr(at, '\n', static_cast<std::size_t>(end - at)));
        if (at == nullptr) break;
        ++at;
        starts_.push_back(static_cast<std::uint32_t>(at - begin));
    }
}

std::uint32_t LineIndex::line_of(std::uint32_t offset) const {
    auto after = std::upper_bound(starts_.begin(), starts_.end(), offset);
    return static_cast<std::uint32_t>(after - starts_.begin()) - 1;
}

Span LineIndex::line_span(std::uint32_t line) const {
    std::uint32_t begin = starts_[line];
    if (line + 1 == starts_.size()) return {begin, static_cast<std::uint32_t>(text_.size())};
    std::uint32_t end = starts_[line + 1] - 1;
    if (end > begin && text_[end - 1] == '\r') --end;
    return {begin, end};
}

std::string_view LineIndex::line_text(std::uint32_t line) const {
    Span span = line_span(line);
    return text_.substr(span.begin, span.size());
}

LineColumn LineIndex::position(std::uint32_t offset, PositionEncoding encoding) const {
    offset = std::min(offset, static_cast<std::uint32_t>(text_.size()));
    std::uint32_t line = line_of(offset);
    std::uint32_t begin = starts_[line];
    return {line, count_units(text_.substr(begin, offset - begin), encoding)};
}

std::uint32_t LineIndex::offset(LineColumn position, PositionEncoding encoding) const {
    if (position.line >= line_count()) return static_cast<std::uint32_t>(text_.size());
    Span line = line_span(position.line);
    // In ASCII, which most lines are, every unit is a byte.
    std::uint32_t at = line.begin;
    const std::uint32_t wanted = line.begin + std::min(position.column, line.size());
    while (at < wanted && static_cast<unsigned char>(text_[at]) < 0x80) ++at;
    std::uint32_t units = at - line.begin;
    while (at < line.end) {
        utf8::Decoded decoded = utf8::decode(text_, at);
        std::uint32_t next = units + units_of(decoded, encoding);
        if (next > position.column) return at;
        units = next;
        at += decoded.size;
    }
    return line.end;
}

std::uint32_t count_units(std::string_view text, PositionEncoding encoding) {
    if (encoding == PositionEncoding::Utf8) return static_cast<std::uint32_t>(text.size());
    std::size_t ascii = 0;
    while (ascii < text.size() && static_cast<unsigned char>(text[ascii]) < 0x80) ++ascii;
    auto units = static_cast<std::uint32_t>(ascii);
    for (std::size_t at = ascii; at < text.size();) {
        utf8::Decoded decoded = utf8::decode(text, at);
        units += units_of(decoded, encoding);
        at += decoded.size;
    }
    return units;
}

}  // namespace ruff
