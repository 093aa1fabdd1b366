// npm run bench: the benches that need nothing but the package (and dlib, where it is built).
import './speed/speed.js';
