// Bodies of the family `environment`. The parser of arguments is in prelude/environment.ruff.
#include <sched.h>
#include <unistd.h>

#include <string>

#include "core/builtins/bodies.h"
#include "core/builtins/elements.h"
#include "core/builtins/environment_variables.h"
#include "core/builtins/file_system.h"
#include "core/builtins/gate.h"
#include "core/builtins/number_text.h"
#include "core/vm/operations.h"
#include "core/vm/string.h"
#include "core/vm/vm.h"

namespace ruff::builtins {
namespace {

using vm::Call;
using vm::ErrorKind;
using vm::Outcome;
using vm::Value;

// The variable that argument 0 names, through the gate. False: raised.
bool read_variable(Call& call, std::optional<std::string>& value) {
    if (!pass_gate(call, call.text(0))) return false;
    value = EnvironmentVariables::get(std::string(call.text(0)));
    return true;
}

// The variable's text made into something, or the default in argument 1.
template <typename Convert>
Outcome done_converted(Call& call, Convert convert) {
    std::optional<std::string> text;
    if (!read_variable(call, text)) return Outcome::Raised;
    return text ? convert(*text) : call.done(call[1]);
}

Outcome raise_bad_variable(Call& call, const std::string& words) {
    return raise_value_error(call, std::string(call.text(0)) + ": " + words);
}

bool is_among(std::string_view word, std::initializer_list<std::string_view> words) {
    for (std::string_view each : words) {
        if (word == each) return true;
    }
    return false;
}

}  // namespace

namespace bodies {

Outcome args(Call& call) {
    ArrayBuilder found;
    for (const std::string& argument : call.vm.options().arguments)
        found.push_text(with_replacements(argument));
    return found.done(call);
}

Outcome script_path(Call& call) { return call.done_text(with_replacements(call.vm.options().script_path)); }

// ---- Variables --------------------------------------------------------------------------------------------

Outcome env(Call& call) {
    return done_converted(call,
                          [&](const std::string& text) { return call.done_text(with_replacements(text)); });
}

Outcome env_required(Call& call) {
    std::optional<std::string> text;
    if (!read_variable(call, text)) return Outcome::Raised;
    if (text) return call.done_text(with_replacements(*text));
    return call.raise(ErrorKind::Value,
                      "the environment variable " + std::string(call.text(0)) + " is not set");
}

Outcome env_int(Call& call) {
    return done_converted(call, [&](const std::string& text) {
        Result<std::int64_t> value = read_integer(text, 10);
        return value ? call.done(Value::integer(*value)) : raise_bad_variable(call, value.error().message);
    });
}

Outcome env_float(Call& call) {
    return done_converted(call, [&](const std::string& text) {
        Result<double> value = read_float(text);
        return value ? call.done(Value::floating(*value)) : raise_bad_variable(call, value.error().message);
    });
}

Outcome env_bool(Call& call) {
    return done_converted(call, [&](const std::string& text) {
        std::string word = text;
        for (char& c : word) {
            if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
        }
        if (is_among(word, {"1", "true", "yes", "on"})) return call.done(Value::boolean(true));
        if (is_among(word, {"0", "false", "no", "off", ""})) return call.done(Value::boolean(false));
        return raise_bad_variable(call, "\"" + with_replacements(text) + "\" is neither yes nor no");
    });
}

Outcome env_list(Call& call) {
    if (!pass_gate(call)) return Outcome::Raised;
    DictBuilder variables;
    for (const auto& [name, value] : EnvironmentVariables::list()) {
        variables.set(with_replacements(name), vm::make_string(with_replacements(value)));
    }
    return variables.done(call);
}

Outcome env_set(Call& call) {
    if (!pass_gate(call, call.text(0))) return Outcome::Raised;
    std::optional<std::string> value;
    if (!call.is_null(1)) value = std::string(call.text(1));
    std::string name(call.text(0));
    bool is_possible =
        name.find('\0') == std::string::npos && (!value || value->find('\0') == std::string::npos);
    if (!is_possible || !EnvironmentVariables::set(name, value)) {
        return raise_value_error(call, vm::display_for_message(call[0]) + " cannot be set");
    }
    return call.done(Value());
}

// ---- The machine ------------------------------------------------------------------------------------------

Outcome os_name(Call& call) { return pass_gate(call) ? call.done_text("linux") : Outcome::Raised; }

Outcome cpu_count(Call& call) {
    if (!pass_gate(call)) return Outcome::Raised;
    cpu_set_t processors;
    int count = sched_getaffinity(0, sizeof processors, &processors) == 0 ? CPU_COUNT(&processors) : 1;
    return call.done(Value::integer(count));
}

Outcome hostname(Call& call) {
    if (!pass_gate(call)) return Outcome::Raised;
    char name[256] = {};
    if (::gethostname(name, sizeof name - 1) != 0)
        return call.raise(ErrorKind::Io, "hostname: " + system_error("this machine").message);
    return call.done_text(with_replacements(name));
}

Outcome pid(Call& call) { return pass_gate(call) ? call.done(Value::integer(::getpid())) : Outcome::Raised; }

Outcome ruff_version(Call& call) { return call.done_text(RUFF_VERSION); }

}  // namespace bodies
}  // namespace ruff::builtins
