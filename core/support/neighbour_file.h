#pragma once

#include <sys/stat.h>

#include <string>
#include <string_view>

namespace ruff {

/// A new file beside another one, to be put in its place in one step, so that the other is whole at any time: before or
/// after, also if the machine stops. It is gone again unless it took the place.
///
/// Every function gives false, with `errno`, when the system refused.
class NeighbourFile {
public:
    /// What becomes of it when a signal ends the process. With Remove a handler is put up for the signals that would,
    /// where there is none; it is for processes whose signals are nobody else's business.
    enum class OnSignal : unsigned char { Leave, Remove };

    /// Made in the folder of `target`; readable and writable by its owner only.
    explicit NeighbourFile(std::string target, OnSignal on_signal = OnSignal::Leave);
    NeighbourFile(const NeighbourFile&) = delete;
    NeighbourFile& operator=(const NeighbourFile&) = delete;
    ~NeighbourFile();

    [[nodiscard]] bool is_open() const { return descriptor_ >= 0; }
    [[nodiscard]] bool write(std::string_view text);
    [[nodiscard]] bool set_permissions(mode_t mode);
    /// The permissions and the owner of another file.
    [[nodiscard]] bool take_over(const struct stat& from);
    /// Brings the content to the disk. Nothing can be written afterwards.
    [[nodiscard]] bool finish();
    /// Takes the place of the target.
    [[nodiscard]] bool replace();

private:
    struct Place;
    [[nodiscard]] static Place* take_place();

    std::string target_;
    std::string own_name_;
    Place* place_ = nullptr;   ///< holds the name instead, for the signal handler
    char* name_ = nullptr;
    int descriptor_ = -1;
    bool exists_ = false;
};

/// The file behind all symbolic links; `path` itself where there is none.
[[nodiscard]] std::string link_target(const std::string& path);

}  // namespace ruff
