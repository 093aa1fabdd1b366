/**
 * dlib's half of the benches: a program that loads once and then runs a stage each time it is told to, so that the
 * Node side can alternate its own runs with dlib's in one session, both warm.
 *
 *   dlib-bench --models DIR --stage hog|mmod|embed|pipeline [--upsample 0|1] [--threads N] PICTURE...
 *
 * stdin     `run` performs the stage over all pictures; `quit` or end of input ends the program.
 * stdout    one line of JSON per `run` and nothing else.
 * stderr    errors; the exit code is then 1.
 *
 * Pictures (JPEG or PNG) and models are read, and the stage performed once unreported, before the first command is
 * read. `ms` is wall time without decoding and without printing. `--threads` is OpenBLAS's number (default: its own
 * choice); HOG, landmarks and chips run on one thread whatever it says.
 *
 * Rectangles are [left, top, right, bottom], edges inclusive. Those of `hog` and `mmod` are in the picture the detector
 * saw, which `--upsample 1` doubles; those of `pipeline` are in the picture as given. Embeddings are not normalised.
 */
#include <dlib/dnn.h>
#include <dlib/image_io.h>
#include <dlib/image_processing.h>
#include <dlib/image_processing/frontal_face_detector.h>
#include <dlib/image_transforms.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <exception>
#include <fstream>
#include <functional>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

extern "C" {
void openblas_set_num_threads(int count);
int openblas_get_num_threads(void);
}

namespace {

using Picture = dlib::matrix<dlib::rgb_pixel>;
using Embedding = dlib::matrix<float, 0, 1>;

// Side and padding of the chip the ResNet was trained on: dlib, dnn_face_recognition_ex.cpp.
constexpr long chip_side_px = 150;
constexpr double chip_padding = 0.25;

// ---- The nets -------------------------------------------------------------------------------------------------------

/** The detector, after the definition dlib publishes in dnn_mmod_face_detection_ex.cpp; the .dat must match it layer by layer. */
namespace mmod {
template <long filters, typename Below>
using down = dlib::relu<dlib::affine<dlib::con<filters, 5, 5, 2, 2, Below>>>;

template <typename Below>
using same = dlib::relu<dlib::affine<dlib::con<45, 5, 5, 1, 1, Below>>>;

using Input = dlib::input_rgb_image_pyramid<dlib::pyramid_down<6>>;
using Trunk = same<same<same<down<32, down<32, down<16, Input>>>>>>;
using Net = dlib::loss_mmod<dlib::con<1, 9, 9, 1, 1, Trunk>>;
}  // namespace mmod

/** The embedder, after the definition dlib publishes in dnn_face_recognition_ex.cpp; the .dat must match it layer by layer. */
namespace resnet {
template <long filters, int stride, typename Below>
using conv = dlib::affine<dlib::con<filters, 3, 3, stride, stride, Below>>;

template <long filters, int stride, typename Below>
using pair_of_convs = conv<filters, 1, dlib::relu<conv<filters, stride, Below>>>;

template <long filters, typename Below>
using block = dlib::relu<dlib::add_prev1<pair_of_convs<filters, 1, dlib::tag1<Below>>>>;

template <typename Below>
using halved_input = dlib::avg_pool<2, 2, 2, 2, dlib::skip1<dlib::tag2<Below>>>;

template <long filters, typename Below>
using down_block = dlib::relu<dlib::add_prev2<halved_input<pair_of_convs<filters, 2, dlib::tag1<Below>>>>>;

using Input = dlib::input_rgb_image_sized<chip_side_px>;
using Stem = dlib::max_pool<3, 3, 2, 2, dlib::relu<dlib::affine<dlib::con<32, 7, 7, 2, 2, Input>>>>;
using Level4 = block<32, block<32, block<32, Stem>>>;
using Level3 = block<64, block<64, block<64, down_block<64, Level4>>>>;
using Level2 = block<128, block<128, down_block<128, Level3>>>;
using Level1 = block<256, block<256, down_block<256, Level2>>>;
using Level0 = down_block<256, Level1>;
using Net = dlib::loss_metric<dlib::fc_no_bias<128, dlib::avg_pool_everything<Level0>>>;
}  // namespace resnet

// ---- Arguments and files --------------------------------------------------------------------------------------------

struct Arguments {
  std::string models, stage;
  bool upsample = false;
  int threads = 0;  // 0: OpenBLAS's own choice
  std::vector<std::string> pictures;
};

constexpr const char* usage =
    "usage: dlib-bench --models DIR --stage hog|mmod|embed|pipeline [--upsample 0|1] [--threads N] PICTURE...";

std::runtime_error wrong_usage(const std::string& what) { return std::runtime_error(what + "\n" + usage); }

int parse_whole(const std::string& option, const std::string& text, int low, int high) {
  const bool digits = !text.empty() && text.size() < 5 && text.find_first_not_of("0123456789") == std::string::npos;
  const int value = digits ? std::stoi(text) : low - 1;
  if (value < low || value > high)
    throw wrong_usage("Expected " + option + " from " + std::to_string(low) + " to " + std::to_string(high) + " but received " + text);
  return value;
}

void set_option(Arguments& args, const std::string& option, const std::string& value) {
  if (option == "--models") args.models = value;
  else if (option == "--stage") args.stage = value;
  else if (option == "--upsample") args.upsample = parse_whole(option, value, 0, 1) == 1;
  else if (option == "--threads") args.threads = parse_whole(option, value, 1, 1024);
  else throw wrong_usage("Expected a known option but received " + option);
}

Arguments parse_arguments(int argc, char** argv) {
  Arguments args;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    if (word.compare(0, 2, "--") != 0) {
      args.pictures.push_back(word);
      continue;
    }
    if (i + 1 == argc) throw wrong_usage("Expected a value after " + word);
    set_option(args, word, argv[++i]);
  }
  if (args.stage.empty()) throw wrong_usage("Expected --stage");
  if (args.models.empty() && args.stage != "hog") throw wrong_usage("Expected --models");
  if (args.pictures.empty()) throw wrong_usage("Expected a picture");
  return args;
}

template <typename Model>
void load_model(Model& model, const Arguments& args, const std::string& name) {
  const std::string path = args.models + "/" + name;
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("Cannot open the model " + path);
  try {
    dlib::deserialize(model, file);
  } catch (const std::exception& error) {
    throw std::runtime_error("Cannot read the model " + path + ": " + error.what());
  }
}

std::vector<Picture> load_pictures(const std::vector<std::string>& paths) {
  std::vector<Picture> pictures(paths.size());
  for (size_t i = 0; i < paths.size(); ++i) {
    try {
      dlib::load_image(pictures[i], paths[i]);
    } catch (const std::exception& error) {
      throw std::runtime_error("Cannot read the picture " + paths[i] + ": " + error.what());
    }
  }
  return pictures;
}

// ---- Time and JSON --------------------------------------------------------------------------------------------------

double elapsed_ms(const std::function<void()>& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
}

/** 9 significant digits bring every float32 back exactly. */
std::string json_number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.9g", value);
  return text;
}

std::string json_string(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    char escaped[8];
    if (c == '"' || c == '\\') out += '\\', out += c;
    else if (static_cast<unsigned char>(c) < 0x20) std::snprintf(escaped, sizeof escaped, "\\u%04x", c), out += escaped;
    else out += c;
  }
  return out + "\"";
}

/** `print` turns each item into JSON. */
template <typename Items, typename Print>
std::string json_array(const Items& items, Print print) {
  std::string out;
  for (const auto& item : items) out += (out.empty() ? "" : ",") + print(item);
  return "[" + out + "]";
}

template <typename Rectangle>
std::string json_rect(const Rectangle& r) {
  return "[" + json_number(r.left()) + "," + json_number(r.top()) + "," + json_number(r.right()) + "," + json_number(r.bottom()) + "]";
}

// ---- Stages ---------------------------------------------------------------------------------------------------------

/** What one `run` yields: the fields of its line of JSON after `stage`. */
struct Report {
  double ms;
  std::string more;    // further fields, each followed by a comma
  std::string result;  // one entry per picture
};

using Stage = std::function<Report()>;

struct Detection {
  dlib::rectangle rect;
  double confidence;
  long detector;  // 0 to 4: front, left, right, rotated left, rotated right; -1: MMOD, which has one
};

std::string json_detection(const Detection& d) {
  const std::string detector = d.detector < 0 ? "" : ",\"detector\":" + std::to_string(d.detector);
  return "{\"rect\":" + json_rect(d.rect) + ",\"confidence\":" + json_number(d.confidence) + detector + "}";
}

std::string json_embedding(const Embedding& embedding) { return json_array(embedding, json_number); }

class HogDetector {
 public:
  std::vector<Detection> operator()(const Picture& picture) {
    std::vector<dlib::rect_detection> found;
    detector(picture, found);
    std::vector<Detection> out;
    for (const auto& f : found) out.push_back({f.rect, f.detection_confidence, static_cast<long>(f.weight_index)});
    return out;
  }

 private:
  dlib::frontal_face_detector detector = dlib::get_frontal_face_detector();
};

class MmodDetector {
 public:
  explicit MmodDetector(const Arguments& args) { load_model(net, args, "mmod_human_face_detector.dat"); }

  std::vector<Detection> operator()(const Picture& picture) {
    std::vector<Detection> out;
    for (const auto& f : net(picture)) out.push_back({f.rect, f.detection_confidence, -1});
    return out;
  }

 private:
  mmod::Net net;
};

class Embedder {
 public:
  explicit Embedder(const Arguments& args) { load_model(net, args, "dlib_face_recognition_resnet_model_v1.dat"); }

  /** All chips in one batch; no chips, no embeddings. */
  std::vector<Embedding> operator()(const std::vector<Picture>& chips) {
    return chips.empty() ? std::vector<Embedding>() : net(chips, chips.size());
  }

 private:
  resnet::Net net;
};

/** Doubling belongs to the detection it serves, so it is timed with it. */
template <typename Detector>
std::vector<Detection> detect(Detector& detector, const Picture& picture, bool upsample) {
  if (!upsample) return detector(picture);
  Picture doubled = picture;
  dlib::pyramid_up(doubled);
  return detector(doubled);
}

template <typename Detector>
Report run_detector(Detector& detector, const Arguments& args, const std::vector<Picture>& pictures) {
  Report report{0, "", ""};
  std::vector<std::string> entries;
  for (size_t i = 0; i < pictures.size(); ++i) {
    std::vector<Detection> found;
    const double ms = elapsed_ms([&] { found = detect(detector, pictures[i], args.upsample); });
    report.ms += ms;
    entries.push_back("{\"picture\":" + json_string(args.pictures[i]) + ",\"width\":" + std::to_string(pictures[i].nc()) +
                      ",\"height\":" + std::to_string(pictures[i].nr()) + ",\"ms\":" + json_number(ms) +
                      ",\"detections\":" + json_array(found, json_detection) + "}");
  }
  report.result = json_array(entries, [](const std::string& entry) { return entry; });
  return report;
}

Report run_embedder(Embedder& embedder, const Arguments& args, const std::vector<Picture>& chips) {
  Report report{0, "", ""};
  std::vector<Embedding> embeddings;
  report.ms = elapsed_ms([&] { embeddings = embedder(chips); });
  report.more = "\"faces\":" + std::to_string(chips.size()) + ",\"msPerFace\":" + json_number(report.ms / chips.size()) + ",";
  size_t i = 0;
  report.result = json_array(embeddings, [&](const Embedding& embedding) {
    return "{\"picture\":" + json_string(args.pictures[i++]) + ",\"embedding\":" + json_embedding(embedding) + "}";
  });
  return report;
}

/** MMOD, five landmarks, chips, and the picture's faces embedded in one batch. */
class Pipeline {
 public:
  explicit Pipeline(const Arguments& args) : detector(args), embedder(args) {
    load_model(landmarker, args, "shape_predictor_5_face_landmarks.dat");
  }

  Report run(const Arguments& args, const std::vector<Picture>& pictures) {
    Report report{0, "", ""};
    std::vector<std::string> entries;
    Times total;
    for (size_t i = 0; i < pictures.size(); ++i) {
      Times times;
      const std::string faces = run_one(pictures[i], args.upsample, times);
      total.detect += times.detect, total.align += times.align, total.embed += times.embed;
      entries.push_back("{\"picture\":" + json_string(args.pictures[i]) + ",\"width\":" + std::to_string(pictures[i].nc()) +
                        ",\"height\":" + std::to_string(pictures[i].nr()) + ",\"ms\":" + json_number(times.sum()) +
                        ",\"faces\":" + faces + "}");
    }
    report.ms = total.sum();
    report.more = "\"detectMs\":" + json_number(total.detect) + ",\"alignMs\":" + json_number(total.align) +
                  ",\"embedMs\":" + json_number(total.embed) + ",";
    report.result = json_array(entries, [](const std::string& entry) { return entry; });
    return report;
  }

 private:
  struct Times {
    double detect = 0, align = 0, embed = 0;  // ms; `align` is landmarks and chips
    double sum() const { return detect + align + embed; }
  };

  MmodDetector detector;
  Embedder embedder;
  dlib::shape_predictor landmarker;

  std::string run_one(const Picture& picture, bool upsample, Times& times) {
    std::vector<Detection> found;
    std::vector<dlib::full_object_detection> shapes;
    std::vector<dlib::chip_details> details;
    std::vector<Picture> chips;
    std::vector<Embedding> embeddings;
    times.detect = elapsed_ms([&] {
      found = detect(detector, picture, upsample);
      if (upsample) for (auto& f : found) f.rect = dlib::pyramid_down<2>().rect_down(f.rect);
    });
    times.align = elapsed_ms([&] {
      for (const auto& f : found) shapes.push_back(landmarker(picture, f.rect));
      details = dlib::get_face_chip_details(shapes, chip_side_px, chip_padding);
      dlib::array<Picture> extracted;
      dlib::extract_image_chips(picture, details, extracted);
      for (auto& chip : extracted) chips.push_back(std::move(chip));
    });
    times.embed = elapsed_ms([&] { embeddings = embedder(chips); });

    size_t i = 0;
    return json_array(found, [&](const Detection& f) {
      const size_t face = i++;
      return "{\"rect\":" + json_rect(f.rect) + ",\"confidence\":" + json_number(f.confidence) +
             ",\"landmarks5\":" + json_landmarks(shapes[face]) + ",\"chip\":{\"rect\":" + json_rect(details[face].rect) +
             ",\"angle\":" + json_number(details[face].angle) + "},\"embedding\":" + json_embedding(embeddings[face]) + "}";
    });
  }

  static std::string json_landmarks(const dlib::full_object_detection& shape) {
    std::vector<dlib::point> points;
    for (unsigned long i = 0; i < shape.num_parts(); ++i) points.push_back(shape.part(i));
    return json_array(points, [](const dlib::point& p) { return "[" + std::to_string(p.x()) + "," + std::to_string(p.y()) + "]"; });
  }
};

void require_chips(const Arguments& args, const std::vector<Picture>& pictures) {
  for (size_t i = 0; i < pictures.size(); ++i)
    if (pictures[i].nr() != chip_side_px || pictures[i].nc() != chip_side_px)
      throw std::runtime_error("Expected a chip of 150x150 pixels but received " + args.pictures[i] + " of " +
                               std::to_string(pictures[i].nc()) + "x" + std::to_string(pictures[i].nr()));
}

/** Loads what the stage needs. The arguments and pictures must outlive what is returned. */
Stage make_stage(const Arguments& args, const std::vector<Picture>& pictures) {
  if (args.stage == "hog") {
    auto detector = std::make_shared<HogDetector>();
    return [=, &args, &pictures] { return run_detector(*detector, args, pictures); };
  }
  if (args.stage == "mmod") {
    auto detector = std::make_shared<MmodDetector>(args);
    return [=, &args, &pictures] { return run_detector(*detector, args, pictures); };
  }
  if (args.stage == "embed") {
    require_chips(args, pictures);
    auto embedder = std::make_shared<Embedder>(args);
    return [=, &args, &pictures] { return run_embedder(*embedder, args, pictures); };
  }
  if (args.stage == "pipeline") {
    auto pipeline = std::make_shared<Pipeline>(args);
    return [=, &args, &pictures] { return pipeline->run(args, pictures); };
  }
  throw wrong_usage("Expected --stage hog, mmod, embed or pipeline but received " + args.stage);
}

void print_report(const Arguments& args, const Report& report) {
  std::printf("{\"stage\":%s,\"upsample\":%d,\"threads\":%d,\"ms\":%s,%s\"result\":%s}\n", json_string(args.stage).c_str(),
              args.upsample ? 1 : 0, openblas_get_num_threads(), json_number(report.ms).c_str(), report.more.c_str(),
              report.result.c_str());
  std::fflush(stdout);
}

void obey(const Arguments& args, const Stage& stage) {
  std::string command;
  while (std::getline(std::cin, command)) {
    if (command == "quit") return;
    if (command != "run") throw std::runtime_error("Expected the command run or quit but received " + command);
    print_report(args, stage());
  }
}

}  // namespace

int main(int argc, char** argv) try {
  const Arguments args = parse_arguments(argc, argv);
  if (args.threads > 0) openblas_set_num_threads(args.threads);
  const std::vector<Picture> pictures = load_pictures(args.pictures);
  const Stage stage = make_stage(args, pictures);
  stage();  // warm-up
  obey(args, stage);
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "dlib-bench: %s\n", error.what());
  return 1;
}
