import auth from "./auth.json";
import common from "./common.json";
import history from "./history.json";
import session from "./session.json";
import tutors from "./tutors.json";

export default { auth, common, history, session, tutors };
