// A fake microphone, in place of the machine's: it hears what the page plays, as loud as `loop` says, and what a test
// says into it. `sound` tells how loud both were when, in ms and decibels, by the clock of the sound.
(() => {
  const context = new AudioContext();
  const heard = context.createMediaStreamDestination();
  const loop = context.createGain();
  const delay = context.createDelay();
  delay.delayTime.value = 0.12;
  loop.gain.value = 0;
  loop.connect(delay).connect(heard);

  const page = context.createGain();
  page.connect(loop);
  const said = context.createGain();
  said.connect(heard);
  const both = context.createChannelMerger(2);
  page.connect(both, 0, 0);
  said.connect(both, 0, 1);
  const measured = new MediaStreamAudioDestinationNode(context, { channelCount: 2 });
  both.connect(measured);

  const microphone = { loop: loop.gain, sound: [], tracks: [], error: null };
  window.microphone = microphone;

  const STEP = 128;
  const decibels = (samples) => 10 * Math.log10(samples.reduce((sum, sample) => sum + sample * sample, 0) / STEP + 1e-10);
  (async () => {
    const [track] = measured.stream.getAudioTracks();
    const chunks = new MediaStreamTrackProcessor({ track, maxBufferSize: 1_000 }).readable;
    for await (const chunk of chunks) {
      const levels = [0, 1].map((planeIndex) => {
        const samples = new Float32Array(chunk.numberOfFrames);
        chunk.copyTo(samples, { planeIndex, format: "f32-planar" });
        return Array.from({ length: samples.length / STEP }, (_, at) => decibels(samples.subarray(at * STEP, (at + 1) * STEP)));
      });
      levels[0].forEach((page, index) => {
        const at = chunk.timestamp / 1_000 + (1_000 * STEP * index) / chunk.sampleRate;
        microphone.sound.push({ at, page, said: levels[1][index] });
      });
      chunk.close();
    }
  })();

  const connect = AudioNode.prototype.connect;
  AudioNode.prototype.connect = function (target, ...rest) {
    if (target instanceof AudioDestinationNode && this.context !== context) {
      const tap = this.context.createMediaStreamDestination();
      connect.call(this, tap);
      connect.call(context.createMediaStreamSource(tap.stream), page);
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
