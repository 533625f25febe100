#include "lsp/protocol/json.h"

#include <boost/json/basic_parser_impl.hpp>
#include <charconv>
#include <cmath>

#include "core/support/escape.h"

namespace ruff::lsp {

Json::Json() = default;
Json::Json(std::nullptr_t) {}
Json::Json(bool value) : value_(value) {}
Json::Json(int value) : value_(std::int64_t{value}) {}
Json::Json(unsigned value) : value_(std::int64_t{value}) {}
Json::Json(std::int64_t value) : value_(value) {}
Json::Json(std::size_t value) : value_(static_cast<std::int64_t>(value)) {}
Json::Json(double value) : value_(value) {}
Json::Json(const char* text) : value_(std::string(text)) {}
Json::Json(std::string_view text) : value_(std::string(text)) {}
Json::Json(std::string text) : value_(std::move(text)) {}
Json::Json(Array items) : value_(std::move(items)) {}
Json::Json(Object members) : value_(std::move(members)) {}
Json::Json(Raw raw) : value_(std::move(raw)) {}
Json::Json(const Json& other) = default;
Json::Json(Json&& other) noexcept = default;
Json& Json::operator=(const Json& other) = default;
Json& Json::operator=(Json&& other) noexcept = default;
Json::~Json() = default;

bool Json::is_number() const {
    return std::holds_alternative<std::int64_t>(value_) || std::holds_alternative<double>(value_);
}

bool Json::is_true() const {
    const bool* value = std::get_if<bool>(&value_);
    return value != nullptr && *value;
}

std::string_view Json::text() const {
    const std::string* value = std::get_if<std::string>(&value_);
    return value == nullptr ? std::string_view{} : std::string_view(*value);
}

std::optional<std::int64_t> Json::integer() const {
    if (const auto* value = std::get_if<std::int64_t>(&value_)) return *value;
    const auto* value = std::get_if<double>(&value_);
    constexpr double kLimit = 9e15;  // whole doubles below are exact
    if (value == nullptr || std::floor(*value) != *value || std::abs(*value) > kLimit) return std::nullopt;
    return static_cast<std::int64_t>(*value);
}

const Json::Array& Json::items() const {
    static const Array kNothing;
    const Array* value = std::get_if<Array>(&value_);
    return value == nullptr ? kNothing : *value;
}

const Json::Object& Json::members() const {
    static const Object kNothing;
    const Object* value = std::get_if<Object>(&value_);
    return value == nullptr ? kNothing : *value;
}

const Json& Json::operator[](std::string_view name) const {
    static const Json kNull;
    for (const JsonMember& member : members()) {
        if (member.name == name) return member.value;
    }
    return kNull;
}

Json& Json::set(std::string_view name, Json value) {
    if (!is_object()) value_ = Object{};
    std::get<Object>(value_).push_back({std::string(name), std::move(value)});
    return *this;
}

Json& Json::push(Json value) {
    if (!is_array()) value_ = Array{};
    std::get<Array>(value_).push_back(std::move(value));
    return *this;
}

bool operator==(const Json& left, const Json& right) { return write_json(left) == write_json(right); }

// ---- Reading -------------------------------------------------------------------------------------------------

namespace {

constexpr std::size_t kMaxDepth = 500;

/// What boost::json::basic_parser calls: values are put on a stack and gathered where their container ends.
class Builder {
public:
    static constexpr std::size_t max_object_size = static_cast<std::size_t>(-1);
    static constexpr std::size_t max_array_size = static_cast<std::size_t>(-1);
    static constexpr std::size_t max_key_size = static_cast<std::size_t>(-1);
    static constexpr std::size_t max_string_size = static_cast<std::size_t>(-1);

    using Code = boost::json::error_code;
    using View = boost::json::string_view;

    bool on_document_begin(Code&) { return true; }
    bool on_document_end(Code&) { return true; }
    bool on_array_begin(Code&) { return true; }
    bool on_object_begin(Code&) { return true; }
    bool on_array_end(std::size_t count, Code&) {
        Json::Array items(std::make_move_iterator(values_.end() - static_cast<std::ptrdiff_t>(count)),
                          std::make_move_iterator(values_.end()));
        values_.resize(values_.size() - count);
        return add(std::move(items));
    }
    bool on_object_end(std::size_t count, Code&) {
        Json::Object members(count);
        for (std::size_t i = 0; i < count; ++i) {
            members[i].name = std::move(keys_[keys_.size() - count + i]);
            members[i].value = std::move(values_[values_.size() - count + i]);
        }
        keys_.resize(keys_.size() - count);
        values_.resize(values_.size() - count);
        return add(std::move(members));
    }
    bool on_key_part(View part, std::size_t, Code&) { return text_.append(part.data(), part.size()), true; }
    bool on_key(View part, std::size_t, Code&) {
        text_.append(part.data(), part.size());
        keys_.push_back(std::move(text_));
        text_.clear();
        return true;
    }
    bool on_string_part(View part, std::size_t, Code&) { return text_.append(part.data(), part.size()), true; }
    bool on_string(View part, std::size_t, Code&) {
        text_.append(part.data(), part.size());
        add(std::move(text_));
        text_.clear();
        return true;
    }
    bool on_number_part(View, Code&) { return true; }
    bool on_int64(std::int64_t value, View, Code&) { return add(value); }
    bool on_uint64(std::uint64_t value, View, Code&) { return add(static_cast<double>(value)); }
    bool on_double(double value, View, Code&) { return add(value); }
    bool on_bool(bool value, Code&) { return add(value); }
    bool on_null(Code&) { return add(Json()); }
    bool on_comment_part(View, Code&) { return true; }
    bool on_comment(View, Code&) { return true; }

    Json take() { return values_.empty() ? Json() : std::move(values_.back()); }

private:
    bool add(Json value) {
        values_.push_back(std::move(value));
        return true;
    }

    std::vector<Json> values_;
    std::vector<std::string> keys_;
    std::string text_;
};

}  // namespace

std::optional<Json> parse_json(std::string_view text) {
    boost::json::parse_options options;
    options.max_depth = kMaxDepth;
    boost::json::basic_parser<Builder> parser(options);
    boost::json::error_code error;
    const std::size_t used = parser.write_some(false, text.data(), text.size(), error);
    if (error || !parser.done()) return std::nullopt;
    if (text.find_first_not_of(" \t\r\n", used) != std::string_view::npos) return std::nullopt;
    return parser.handler().take();
}

// ---- Writing -------------------------------------------------------------------------------------------------

class JsonWriter {
public:
    std::string out;

    void write(const Json& value) {
        std::visit([this](const auto& each) { write_value(each); }, value.value_);
    }

private:
    void write_value(std::monostate) { out += "null"; }
    void write_value(bool value) { out += value ? "true" : "false"; }
    void write_value(std::int64_t value) { write_number(value); }
    void write_value(double value) {
        if (std::isfinite(value)) write_number(value);
        else out += "null";
    }
    void write_value(const Json::Raw& raw) { out += raw.text; }
    void write_value(const std::string& text) { append_json_string(out, text); }
    void write_value(const Json::Array& items) {
        out += '[';
        for (const Json& item : items) {
            if (&item != items.data()) out += ',';
            write(item);
        }
        out += ']';
    }
    void write_value(const Json::Object& members) {
        out += '{';
        for (const JsonMember& member : members) {
            if (&member != members.data()) out += ',';
            append_json_string(out, member.name);
            out += ':';
            write(member.value);
        }
        out += '}';
    }

    template <class Number>
    void write_number(Number value) {
        char buffer[32];
        const std::to_chars_result end = std::to_chars(buffer, buffer + sizeof buffer, value);
        out.append(buffer, end.ptr);
    }

};

std::string write_json(const Json& value) {
    JsonWriter writer;
    writer.write(value);
    return std::move(writer.out);
}

}  // namespace ruff::lsp
