// The camera: its picture on the page, and the newest picture as JPEG.

const LONGEST_SIDE = 640; // pixels; the pose model sees 256 of them
const QUALITY = 0.8;
const LEAST_GAP_MS = 1000 / 30;
const RETRY_MS = 400;

const SENTENCES = {
  NotAllowedError:
    "Camera access is blocked. Allow it at the left end of the address bar and start again, or check a recording.",
  NotFoundError: "No camera was found. Plug one in and start again, or check a recording.",
  NotReadableError: "The camera is busy: close the other program that uses it and start again, or check a recording.",
};

const OTHERWISE = "Check that no other program uses it and start again, or check a recording.";

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

const constraints = { audio: false, video: { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 } } };

/** Opens the camera; throws an `Error` whose message tells a way on. */
async function opened() {
  if (!navigator.mediaDevices) {
    throw new Error("Browsers give the camera only to pages of this computer: open the link with 127.0.0.1 in it.");
  }
  try {
    return await navigator.mediaDevices.getUserMedia(constraints);
  } catch (error) {
    const said = SENTENCES[error.name] ?? `The camera could not be opened (${error.message || error.name}). ${OTHERWISE}`;
    throw new Error(said, { cause: error });
  }
}

/** A camera shown in a video element. `lost` is called when it is unplugged, `found` when it is there again. */
export class Camera {
  #video;
  #stream = null;
  #lost;
  #found;
  #closed = false;
  #canvas = new OffscreenCanvas(1, 1);
  #grabbedAt = 0;
  #isNew = false; // a picture came that was not given yet
  #waiting = null; // resolves once one is there

  constructor(video, { lost, found }) {
    this.#video = video;
    this.#lost = lost;
    this.#found = found;
    video.requestVideoFrameCallback(() => this.#presented());
  }

  /** Asks for the camera and shows it. */
  async open() {
    this.#stream = await opened();
    if (this.#closed) return this.close();
    this.#stream.getVideoTracks()[0].addEventListener("ended", () => this.#unplugged());
    this.#video.srcObject = this.#stream;
    return this.#video.play();
  }

  /**
   * The newest picture that was not given yet, at most 30 a second: JPEG `picture` and `at`, in ms of
   * `performance.now()`. Null once the camera was let go.
   */
  async next() {
    const early = LEAST_GAP_MS - (performance.now() - this.#grabbedAt);
    if (early > 0) await pause(early);
    if (!this.#isNew && !this.#closed) await new Promise((resolve) => (this.#waiting = resolve));
    if (this.#closed) return null;
    this.#isNew = false;
    const at = (this.#grabbedAt = performance.now());
    const { videoWidth, videoHeight } = this.#video;
    const scale = Math.min(1, LONGEST_SIDE / Math.max(videoWidth, videoHeight));
    this.#canvas.width = Math.round(videoWidth * scale);
    this.#canvas.height = Math.round(videoHeight * scale);
    this.#canvas.getContext("2d").drawImage(this.#video, 0, 0, this.#canvas.width, this.#canvas.height);
    const blob = await this.#canvas.convertToBlob({ type: "image/jpeg", quality: QUALITY });
    return { picture: new Uint8Array(await blob.arrayBuffer()), at };
  }

  /** The stream of its pictures; null while there is none. */
  get stream() {
    return this.#stream;
  }

  /** Lets the camera go. */
  close() {
    this.#closed = true;
    for (const track of this.#stream?.getTracks() ?? []) track.stop();
    this.#video.srcObject = null;
    this.#waiting?.();
  }

  // Called with every picture of the camera that the page has shown.
  #presented() {
    if (this.#closed) return;
    this.#isNew = true;
    this.#waiting?.();
    this.#video.requestVideoFrameCallback(() => this.#presented());
  }

  async #unplugged() {
    this.#lost();
    while (!this.#closed) {
      await pause(RETRY_MS);
      try {
        await this.open();
        if (!this.#closed) this.#found();
        return;
      } catch (error) {
        if (this.#closed) return;
        if (!(error.cause instanceof DOMException)) throw error; // still away: try again
      }
    }
  }
}
