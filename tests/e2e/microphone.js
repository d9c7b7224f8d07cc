// A fake microphone, in place of the machine's: it hears what the page plays, as loud as `loop` says, and what a test
// says into it. `page` and `said` tell when they were heard, in ms by the clock of the sound.
(() => {
  const context = new AudioContext();
  const heard = context.createMediaStreamDestination();
  const loop = context.createGain();
  const delay = context.createDelay();
  delay.delayTime.value = 0.12;
  loop.gain.value = 0;
  loop.connect(delay).connect(heard);

  const said = context.createMediaStreamDestination();

  const microphone = { loop: loop.gain, said: [], page: [], tracks: [], error: null };
  window.microphone = microphone;

  const STEP = 128;
  const SILENT_DB = -50;
  const decibels = (samples) => 10 * Math.log10(samples.reduce((sum, sample) => sum + sample * sample, 0) / STEP + 1e-10);
  const listen = async ({ stream }, moments) => {
    const [track] = stream.getAudioTracks();
    for await (const chunk of new MediaStreamTrackProcessor({ track, maxBufferSize: 1_000 }).readable) {
      const samples = new Float32Array(chunk.numberOfFrames);
      chunk.copyTo(samples, { planeIndex: 0, format: "f32-planar" });
      for (let at = 0; at < samples.length; at += STEP) {
        if (decibels(samples.subarray(at, at + STEP)) < SILENT_DB) continue;
        moments.push(chunk.timestamp / 1_000 + (1_000 * at) / chunk.sampleRate);
      }
      chunk.close();
    }
  };
  listen(said, microphone.said);

  const connect = AudioNode.prototype.connect;
  AudioNode.prototype.connect = function (target, ...rest) {
    if (target instanceof AudioDestinationNode && this.context !== context) {
      const tap = this.context.createMediaStreamDestination();
      connect.call(this, tap);
      connect.call(context.createMediaStreamSource(tap.stream), loop);
      listen(tap, microphone.page);
    }
    return connect.call(this, target, ...rest);
  };

  navigator.mediaDevices.getUserMedia = async () => {
    if (microphone.error) throw new DOMException(...microphone.error);
    await context.resume();
    const stream = heard.stream.clone();
    for (const track of stream.getTracks()) track.getSettings = () => ({ echoCancellation: true });
    microphone.tracks.push(...stream.getTracks());
    return stream;
  };

  /** Say a WAV file (base64). */
  microphone.say = async (wav) => {
    const bytes = Uint8Array.from(atob(wav), (letter) => letter.charCodeAt(0));
    const source = context.createBufferSource();
    source.buffer = await context.decodeAudioData(bytes.buffer);
    source.connect(heard);
    source.connect(said);
    source.start();
  };

  /** The device is unplugged. */
  microphone.pullOut = () => {
    for (const track of microphone.tracks) {
      track.stop();
      track.dispatchEvent(new Event("ended"));
    }
  };
})();
