// What libcurl itself takes, without a language around it: `curl_fanout URL COUNT AT_ONCE` prints milliseconds.

#include <curl/curl.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

namespace {

std::size_t append(char* data, std::size_t size, std::size_t count, void* body) {
    static_cast<std::string*>(body)->append(data, size * count);
    return size * count;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 4) return 2;
    const int count = std::atoi(argv[2]), at_once = std::atoi(argv[3]);
    curl_global_init(CURL_GLOBAL_DEFAULT);
    CURLM* multi = curl_multi_init();
    curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, static_cast<long>(at_once));
    std::vector<std::string> bodies(static_cast<std::size_t>(at_once));
    int started = 0, ended = 0;
    const auto start = std::chrono::steady_clock::now();
    for (std::string& body : bodies) {
        if (started == count) break;
        CURL* easy = curl_easy_init();
        curl_easy_setopt(easy, CURLOPT_URL, argv[1]);
        curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
        curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, append);
        curl_easy_setopt(easy, CURLOPT_WRITEDATA, &body);
        curl_easy_setopt(easy, CURLOPT_PRIVATE, &body);
        curl_multi_add_handle(multi, easy);
        ++started;
    }
    while (ended < count) {
        int running = 0, left = 0;
        curl_multi_perform(multi, &running);
        while (const CURLMsg* message = curl_multi_info_read(multi, &left)) {
            if (message->msg != CURLMSG_DONE) continue;
            CURL* easy = message->easy_handle;
            if (message->data.result != CURLE_OK) return 1;
            ++ended;
            curl_multi_remove_handle(multi, easy);
            char* body = nullptr;
            curl_easy_getinfo(easy, CURLINFO_PRIVATE, &body);
            reinterpret_cast<std::string*>(body)->clear();
            if (started == count) continue;
            curl_multi_add_handle(multi, easy);
            ++started;
        }
        if (ended < count) curl_multi_poll(multi, nullptr, 0, 1000, nullptr);
    }
    std::printf("%.3f\n", std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count());
}
