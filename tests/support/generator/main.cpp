// ruff-generate: writes the programs of the generator to files, or one to standard output.

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "cli/options.h"
#include "tests/support/generator/program_generator.h"

namespace ruff::tests {
namespace {

using cli::Option;
using cli::OptionKind;

constexpr Option kOptions[] = {
    {.name = "--seed", .kind = OptionKind::value, .value_name = "N", .help = "The first seed; 0 without it"},
    {.name = "--count", .kind = OptionKind::value, .value_name = "N", .help = "How many programs, each from the next seed"},
    {.name = "--out", .kind = OptionKind::value, .value_name = "FOLDER",
     .help = "Writes FOLDER/seed-N.ruff; standard output without it"},
    {.name = "--depth", .kind = OptionKind::value, .value_name = "N", .help = "How deep expressions and blocks nest"},
    {.name = "--statements", .kind = OptionKind::value, .value_name = "N", .help = "About how many statements"},
    {.name = "--plain", .help = "No odd layout"},
    {.name = "--runnable", .help = "Programs that run to their end and print what they compute"},
    {.name = "--mutate", .help = "With mistakes"},
    {.name = "--productions", .help = "Prints how many of the programs use each production instead of the programs"},
    {.name = "--help", .help = "Shows this page", .short_name = 'h'},
};

std::uint64_t number_of(const cli::Arguments& arguments, std::string_view name, std::uint64_t otherwise) {
    if (!arguments.has(name)) return otherwise;
    return std::strtoull(std::string(arguments.value(name)).c_str(), nullptr, 10);
}

std::string program_of(const cli::Arguments& arguments, const GeneratorOptions& options) {
    std::string program = arguments.has("--runnable") ? generate_runnable_program(options) : generate_program(options).text;
    return arguments.has("--mutate") ? mutate(program, options.seed) : program;
}

bool write(const std::filesystem::path& path, const std::string& text) {
    std::FILE* file = std::fopen(path.c_str(), "wb");
    bool is_written = file && std::fwrite(text.data(), 1, text.size(), file) == text.size();
    if (file && std::fclose(file) != 0) is_written = false;
    if (!is_written) std::fprintf(stderr, "ruff-generate: %s: %s\n", path.c_str(), std::strerror(errno));
    return is_written;
}

void print_productions(GeneratorOptions options, std::uint64_t count) {
    std::size_t uses[static_cast<std::size_t>(Production::count)] = {};
    for (std::uint64_t i = 0; i < count; ++i, ++options.seed) {
        Productions productions = generate_program(options).productions;
        for (std::size_t j = 0; j < productions.size(); ++j) uses[j] += productions[j];
    }
    for (std::size_t j = 0; j < std::size(uses); ++j) {
        std::printf("%6zu %s\n", uses[j], std::string(production_name(static_cast<Production>(j))).c_str());
    }
}

int run(std::span<const std::string_view> words) {
    cli::ParsedArguments parsed = cli::parse_arguments(kOptions, cli::Operands::any, words);
    const cli::Arguments& arguments = parsed.arguments;
    if (!parsed.error.empty() || !arguments.operands.empty()) {
        std::fprintf(stderr, "ruff-generate: %s\n", parsed.error.empty() ? "expects options only" : parsed.error.c_str());
        return 2;
    }
    if (arguments.has("--help")) {
        std::printf("Usage: ruff-generate [OPTIONS]\n\nMakes up Ruff programs.\n\nOptions:\n%s",
                    cli::describe_options(kOptions).c_str());
        return 0;
    }
    GeneratorOptions options;
    options.seed = number_of(arguments, "--seed", 0);
    options.depth = static_cast<unsigned>(number_of(arguments, "--depth", options.depth));
    options.statements = static_cast<unsigned>(number_of(arguments, "--statements", options.statements));
    options.has_varied_layout = !arguments.has("--plain");
    std::uint64_t count = number_of(arguments, "--count", 1);
    if (arguments.has("--productions")) {
        print_productions(options, count);
        return 0;
    }
    std::filesystem::path folder(arguments.value("--out"));
    std::error_code ignored;
    if (!folder.empty()) std::filesystem::create_directories(folder, ignored);
    for (std::uint64_t i = 0; i < count; ++i, ++options.seed) {
        std::string program = program_of(arguments, options);
        if (folder.empty()) std::fwrite(program.data(), 1, program.size(), stdout);
        else if (!write(folder / ("seed-" + std::to_string(options.seed) + ".ruff"), program)) return 1;
    }
    return 0;
}

}  // namespace
}  // namespace ruff::tests

int main(int argument_count, char** arguments) {
    std::vector<std::string_view> words(arguments + 1, arguments + argument_count);
    return ruff::tests::run(words);
}
