#pragma once

#include <cassert>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace ruff {

/// What a caller can do about a failure; the message is for people.
enum class ErrorCode : std::uint8_t {
    NotFound,      ///< no such file or folder
    Unreadable,    ///< it is there, but the system refused (rights, a directory, a broken disk)
    TooLarge,      ///< over a documented limit
    Invalid,       ///< the content or an argument is not what it has to be
    Unsupported,
    Internal,      ///< a bug of ours
};

/// A failure as a value. `message` is one line without a full stop, names what it is about and gives the
/// system's words where the system failed.
struct Error {
    ErrorCode code = ErrorCode::Internal;
    std::string message;
};

/// A `T` or the reason why there is none. Look at it with `if (!result)`; propagate with RUFF_TRY.
template <class T>
class [[nodiscard]] Result {
public:
    Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
    Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

    [[nodiscard]] bool has_value() const { return state_.index() == 0; }
    explicit operator bool() const { return has_value(); }

    T& value() & {
        assert(has_value());
        return *std::get_if<0>(&state_);
    }
    const T& value() const& {
        assert(has_value());
        return *std::get_if<0>(&state_);
    }
    T&& value() && {
        assert(has_value());
        return std::move(*std::get_if<0>(&state_));
    }
    T& operator*() & { return value(); }
    const T& operator*() const& { return value(); }
    T&& operator*() && { return std::move(*this).value(); }
    T* operator->() { return &value(); }
    const T* operator->() const { return &value(); }

    const Error& error() const& {
        assert(!has_value());
        return *std::get_if<1>(&state_);
    }
    Error&& error() && {
        assert(!has_value());
        return std::move(*std::get_if<1>(&state_));
    }

private:
    std::variant<T, Error> state_;
};

/// The outcome of what gives no value.
template <>
class [[nodiscard]] Result<void> {
public:
    Result() = default;
    Result(Error error) : error_(std::move(error)) {}

    [[nodiscard]] bool has_value() const { return !error_.has_value(); }
    explicit operator bool() const { return has_value(); }
    void value() && { assert(has_value()); }
    const Error& error() const& { return *error_; }
    Error&& error() && { return std::move(*error_); }

private:
    std::optional<Error> error_;
};

#define RUFF_RESULT_JOIN_(a, b) a##b
#define RUFF_RESULT_NAME_(line) RUFF_RESULT_JOIN_(ruff_result_, line)

/// RUFF_TRY(auto text, read(path)): declares `text` with the value, or returns the error from this function.
#define RUFF_TRY(declaration, expression)                                                          \
    auto RUFF_RESULT_NAME_(__LINE__) = (expression);                                               \
    if (!RUFF_RESULT_NAME_(__LINE__)) return std::move(RUFF_RESULT_NAME_(__LINE__)).error();       \
    declaration = std::move(RUFF_RESULT_NAME_(__LINE__)).value()

/// RUFF_CHECK(write(path)): returns the error of a `Result<void>` (or any other) from this function.
#define RUFF_CHECK(expression)                                                                     \
    do {                                                                                           \
        auto ruff_result_ = (expression);                                                          \
        if (!ruff_result_) return std::move(ruff_result_).error();                                 \
    } while (false)

}  // namespace ruff
