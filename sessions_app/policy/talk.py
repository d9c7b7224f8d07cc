"""What kind of message it is, by its words alone."""

import re

from gpu_tasks.guard import fold

_SMALL = re.compile(
    r"(?:hi|hello|hey|hiya|good (?:morning|afternoon|evening|night|day)|bye|goodbye|see you(?: later| soon)?"
    r"|thanks?(?: you)?"
    r"(?: (?:very|so) much| a lot)?|thx|ok(?:ay)?|yes|yeah|no|nope|sure|great|cool|nice|wow|right|i see|got it"
    r"|sorry|please"
    r"|that(?:'s| is) (?:all|it|nice|great)|how are you(?: today)?|who are you|what(?:'s| is) your name"
    r"|my name is \w+|i'm \w+"
    r"|nice to meet you|can you help me|help(?: me)?|what (?:can|do) you (?:do|teach|know)|what can i ask(?: you)?"
    r"|what are we (?:learning|doing) today|let's (?:go|start|begin)|i'm (?:ready|back|here))"
    r"|你好|您好|嗨|早上好|早安|下午好|晚上好|晚安|再见|拜拜|谢谢(?:你|您|老师)?|多谢|好的?|嗯|是的?|不是|不用了?|可以|行|没问题|明白了?"
    r"|懂了|知道了|你是谁|你叫什么(?:名字)?|你会什么|你能做什么|我可以问什么|你好吗|我叫\w{1,4}|帮帮我|开始吧|我准备好了|老师好"
)
_AGAIN = re.compile(
    r"\b(?:explain|say|tell|repeat|describe|show)\b.{0,25}\b(?:again|once more|simpl\w+|slow\w*|easier"
    r"|differently|shorter|another way"
    r"|more|that|it)\b"
    r"|^(?:again|simpler|slower|once more|shorter|more|go on|continue|and then|why|why not|how|how so|really|what"
    r"|what do you mean|an? "
    r"(?:other )?example|another example|for example|give me (?:an|another) example|i (?:don't|do not"
    r"|didn't) (?:understand|get)(?: it| that)?"
    r"|can you repeat(?: that| it)?|make it simpler|in (?:simple|easy) words|is that (?:so|true|all)|are you sure"
    r"|summari[sz]e(?: (?:it|that))?)$"
    r"|再(?:讲|说|解释)一?[遍次下]|(?:讲|说)得?(?:简单|慢|清楚|短)一?[点些]|简单一?[点些]|慢一?[点些]|没(?:听|看)?(?:懂|明白)|不(?:懂|明白)"
    r"|^(?:为什么|怎么会|真的吗|然后呢|还有呢|继续|举个例子|比如|什么意思|你确定吗|再来一个|多讲一?[点些])$"
)
_REFERS = re.compile(
    r"\b(?:it|its|that|this|they|them|their|those|these|he|him|his|she|her|there|one|ones|same|such|former|latter"
    r"|above)\b"
    r"|^(?:and|but|so|then|what about|how about|why|or)\b|[它这那]|他们|她们|刚才|上面|前面|^(?:为什么|那么|还有)"
)
_BEGS = re.compile(
    r"\b(?:answers?|solutions?|results?|tell me|give me|just (?:say|tell|give|show)|please|hints?|help|stuck"
    r"|give up|don't know|no idea"
    r"|solve|finish|complete|what is it|what's it|say it|write it|spell|digits?|numbers?|letters?|ignore|rules?"
    r"|teacher|allowed|allows"
    r"|pretend|exactly|correct|right|wrong|calculat\w+|how do i|how to|next step|code|base ?64|backwards?|chinese"
    r"|english|french|german)\b"
    r"|答案|结果|告诉|求求|拜托|提示|不会|不知道|放弃|直接|数字|等于|多少|对吗|对不对|是不是|下一步|怎么[做算]|规则|老师|英文|中文|英语"
)
_COMMON = {
    "a", "about", "all", "also", "an", "and", "any", "are", "as", "at", "be", "because", "between", "but", "by",
    "can", "could", "did", "difference", "do", "does", "else", "exactly", "example", "explain", "for", "from", "get",
    "give", "go", "had", "happen", "has", "have", "he", "her", "him", "his", "how", "i", "if", "important", "in",
    "is", "it", "its", "just", "know", "like", "make", "many", "me", "mean", "more", "much", "my", "name", "need",
    "no", "not", "now", "of", "on", "one", "or", "other", "out", "please", "reason", "she", "should", "so", "some",
    "such", "tell", "than", "that", "the", "their", "them", "then", "there", "these", "they", "thing", "this",
    "those", "to", "true", "up", "use", "very", "was", "we", "were", "what", "when", "where", "which", "who", "why",
    "will", "with", "word", "work", "would", "you", "your",
}  # fmt: skip
_COMMON_ZH = re.compile(
    r"为什么|怎么样?|什么|哪[里儿个些]|多少|是不是|可以|这个|那个|这些|那些|它们?|他们?|她们?|我们?|你们?|这|那|的|了|吗|呢|吧|是|有|会|在|和|与|也|都|就|请|能"
    r"|要|不|很|还|再|讲|说|告诉|一下|例子|意思|重要|区别|原因|时候|如果|因为|所以|做|用|对|给"
)
_WORD = re.compile(r"[a-z']+|[\u3400-\u9fff]+|\d+")


def is_small_talk(text: str) -> bool:
    """Nothing but greetings, thanks and the like."""
    parts = [part.strip() for part in re.split(r"[.,!?;:。，！？；：~\n]+", fold(text))]
    said = [part for part in parts if part and not re.fullmatch(r"\W*", part)]
    return bool(said) and all(_SMALL.fullmatch(_without_names(part)) for part in said)


def _without_names(part: str) -> str:
    return re.sub(r"^(?:oh|ok|well|so|yes|no) | (?:there|teacher|tutor|ada|again|everyone|then|now)$", "", part)


def wants_it_again(text: str) -> bool:
    """Explained again, simpler, further: about what was said last."""
    folded = re.sub(r"\bplease\b|[,，]|请", " ", fold(text)).strip(" .!?。！？")
    return is_short(folded) and bool(_AGAIN.search(folded)) and not own_words(_AGAIN.sub(" ", folded))


def refers_back(text: str) -> bool:
    folded = fold(text).strip()
    return is_short(folded) and bool(_REFERS.search(folded))


def begs(text: str) -> bool:
    """Wants to get on with an exercise, one way or another."""
    return bool(_BEGS.search(fold(text)))


def is_short(text: str) -> bool:
    return len(re.findall(r"[a-z0-9']+|[\u3400-\u9fff]{2}", text)) <= 12


def own_words(text: str) -> list[str]:
    """The words that say what a message is about."""
    words = _WORD.findall(fold(text))
    latin = [word for word in words if word[0].isascii() and word not in _COMMON and len(word) > 1]
    chinese = [part for word in words if not word[0].isascii() for part in _COMMON_ZH.sub(" ", word).split()]
    return latin + chinese
